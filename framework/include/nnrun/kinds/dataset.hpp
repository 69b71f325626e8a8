// Data sets: examples with their targets, drawn or read from files.
#pragma once
#include <algorithm>
#include <nnrun/kinds/common.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nnrun {

enum class Part : std::uint32_t {
  train = NNRUN_TRAIN,
  validation = NNRUN_VALIDATION,
  test = NNRUN_TEST
};

/// What the config, or a trained network, says of columns. Empty if the host is older.
class KnownColumns {
 public:
  explicit KnownColumns(const nnrun_data& data) {
    if (!has(data, &data.trained)) return;
    trained_ = data.trained != 0;
    const char* at = reinterpret_cast<const char*>(data.known);
    for (std::uint32_t i = 0; i < data.n_known; ++i, at += data.known->size) {
      const auto* const column = reinterpret_cast<const nnrun_column*>(at);
      skips_rows_ = skips_rows_ || (column->flags & NNRUN_SKIP_ROWS) != 0;
      columns_.push_back(column);
      if (!is_series(*column)) by_name_.emplace(column->name, column);
    }
  }
  /// Returns whether the host knows a field of nnrun_data.
  static bool has(const nnrun_data& data, const void* field) {
    return static_cast<const char*>(field) < reinterpret_cast<const char*>(&data) + data.size;
  }
  bool is_trained() const { return trained_; }
  /// Returns whether rows that cannot be read are left out.
  bool skips_rows() const { return skips_rows_; }
  /// Returns what is said of a column, by its name; nullptr if nothing is.
  const nnrun_column* find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }
  /// Throws Error if a column that something is said of is not there.
  void require_all(const std::vector<std::string>& names, const std::string& file) const {
    for (const nnrun_column* column : columns_)
      if (!trained_ && std::find(names.begin(), names.end(), column->name) == names.end())
        throw Error(std::string(detail::no_column) + column->name + "', which '" +
                        (is_weight(*column)   ? "weights' names"
                         : is_series(*column) ? "windows' names as group"
                                              : "columns' tells of"),
                    file, std::string(detail::columns_there) + detail::list_of_names(names));
  }
  /// Returns the names of a trained network's inputs, or of its targets.
  std::vector<std::string> trained(bool targets) const {
    std::vector<std::string> names;
    for (const nnrun_column* column : columns_)
      if (trained_ && !is_weight(*column) && !is_series(*column) &&
          ((column->flags & NNRUN_TARGET) != 0) == targets)
        names.emplace_back(column->name);
    return names;
  }
  /// Returns what stood beside the numbers of some column of a trained network.
  std::vector<std::string> units() const {
    std::vector<std::string> units;
    for (const nnrun_column* column : columns_)
      if (column->size >= offsetof(nnrun_column, units) + sizeof column->units)
        for (std::uint32_t i = 0; i < column->n_units; ++i)
          if (*column->units[i] != '\0') units.emplace_back(column->units[i]);
    return units;
  }
  /// Returns the name of the column that says what an example counts; empty if there is none.
  std::string weight() const {
    for (const nnrun_column* column : columns_)
      if (is_weight(*column)) return column->name;
    return {};
  }
  /// Returns the name of the column that says to which series a row belongs; empty if there is
  /// none.
  std::string series() const {
    for (const nnrun_column* column : columns_)
      if (is_series(*column)) return column->name;
    return {};
  }

 private:
  static bool is_weight(const nnrun_column& column) { return (column.flags & NNRUN_WEIGHT) != 0; }
  static bool is_series(const nnrun_column& column) { return (column.flags & NNRUN_SERIES) != 0; }
  bool trained_ = false, skips_rows_ = false;
  std::vector<const nnrun_column*> columns_;
  std::unordered_map<std::string_view, const nnrun_column*> by_name_;
};

namespace detail {
template <class C>
constexpr std::uint32_t data_flags() {
  std::uint32_t flags = 0;
  if constexpr (requires { C::files_apart; }) flags |= C::files_apart ? NNRUN_FILES_APART : 0u;
  if constexpr (requires { C::is_table; }) flags |= C::is_table ? NNRUN_TABLE : 0u;
  return flags;
}
template <class C>
int open_data(void* self, nnrun_data* data) noexcept {
  static_assert(
      requires(C c, nnrun_data & d, Stream s, double* p) {
        c.open(d);
        c.read(s, Part::train, std::size_t(0), std::size_t(0), p, p);
      },
      "a data set gives open(nnrun_data&) and read(stream, part, from, n, x, t)");
  return guard([&] { static_cast<C*>(self)->open(*data); });
}
template <class C>
int read_data(void* self, const nnrun_stream* stream, std::uint32_t part, std::size_t from,
              std::size_t n, double* x, double* t) noexcept {
  return guard(
      [&] { static_cast<C*>(self)->read(Stream(stream), static_cast<Part>(part), from, n, x, t); });
}
template <class C>
int read_floats(void* self, const nnrun_stream* stream, std::uint32_t part, std::size_t from,
                std::size_t n, float* x, double* t) noexcept {
  return guard(
      [&] { static_cast<C*>(self)->read(Stream(stream), static_cast<Part>(part), from, n, x, t); });
}
template <class C>
int are_exact(void* self, std::uint32_t* out) noexcept {
  return guard([&] {
    C& data = *static_cast<C*>(self);
    *out = data.inputs_are_floats() ? 1 : 0;
    if constexpr (requires { data.inputs_are_whole(); })
      if (data.inputs_are_whole()) *out = 2;
  });
}
template <class C>
inline constexpr nnrun_float_inputs float_inputs{sizeof(nnrun_float_inputs), are_exact<C>,
                                                 read_floats<C>};
template <class C>
int place_of(void* self, std::uint32_t part, std::size_t example, const char** out) noexcept {
  return guard([&] { *out = static_cast<C*>(self)->place(static_cast<Part>(part), example); });
}
template <class C>
constexpr auto place_function() -> decltype(&place_of<C>) {
  if constexpr (requires(C c) { c.place(Part::train, std::size_t(0)); })
    return place_of<C>;
  else
    return nullptr;
}
}  // namespace detail

/// Give `void open(nnrun_data&)`, which fills in shapes and counts, and `void read(const Stream&,
/// Part, size_t from, size_t n, double* x, double* t)`, which writes n examples. One thread reads
/// part after part, in order, each example once; a data set that sets data.reads_again in `open` is
/// asked for any of them again, where they do not fit into memory. With `static constexpr bool
/// files_apart = true`, any path of a file may be empty: then that part has no examples. With
/// `is_table`, it follows KnownColumns and tells of its own columns. `const char* place(Part,
/// size_t example)` may say where an example stands, for the last message of a run: the text lives
/// as long as the object. One whose files hold floats, or less, may give a second `read`, with
/// `float* x`, `bool inputs_are_floats() const`, and nnrun::float_inputs as its `extension`.
struct Dataset {
  static constexpr auto kind = "dataset/1";
  template <class C>
  static constexpr nnrun_dataset functions_of() {
    return {sizeof(nnrun_dataset), detail::data_flags<C>(), detail::open_data<C>,
            detail::read_data<C>, detail::place_function<C>()};
  }
};

/// Returns what a data set that may read its inputs as float offers under an id: nullptr under
/// another.
template <class C>
const void* float_inputs(std::string_view id) {
  return id == "nnrun.float_inputs/1" ? &detail::float_inputs<C> : nullptr;
}

}  // namespace nnrun
