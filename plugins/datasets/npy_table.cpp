#include "npy_table.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <numeric>

namespace {

constexpr std::size_t most_record_bytes = std::size_t{1} << 24, table_chunk = std::size_t{1} << 18;

/// Returns the characters of a text field, 0 for other types.
std::size_t chars_of(std::string_view type, bool& wide) {
  if (type.starts_with('|') || type.starts_with('<')) type.remove_prefix(1);
  if (type.empty() || (type[0] != 'S' && type[0] != 'a' && type[0] != 'U')) return 0;
  std::size_t n = 0;
  const auto [end, failed] = std::from_chars(type.data() + 1, type.data() + type.size(), n);
  wide = type[0] == 'U';
  return failed == std::errc{} && end == type.data() + type.size() && n <= most_record_bytes ? n
                                                                                             : 0;
}
std::size_t bytes_of_padding(std::string_view type) {
  std::size_t n = 0;
  if (type.starts_with("|V")) std::from_chars(type.data() + 2, type.data() + type.size(), n);
  return std::min(n, most_record_bytes + 1);
}

}  // namespace

bool NpyTable::is_one(const std::string& file) {
  std::ifstream in = nnrun::open_input(file);
  char start[6] = {};
  return in.read(start, sizeof start) && std::memcmp(start, "\x93NUMPY", sizeof start) == 0;
}

bool NpyTable::is_of_records(const std::string& file) {
  if (!is_one(file)) return false;
  ArrayBytes in(file, "");
  return NpyHeader::read(in).is_record;
}

NpyTable::NpyTable(const std::string& file, nnrun::NumberFormat numbers)
    : in_(file, ""), opened_(file), numbers_(std::move(numbers)) {
  const NpyHeader header = NpyHeader::read(in_);
  if (!header.is_record)
    throw nnrun::Error("is an array of numbers without names, not a table", file,
                       "write type: npy, inputs and targets; a table is what nnrun convert writes, "
                       "or numpy.save of a structured array");
  take(header);
  if (header.sizes.size() != 1)
    throw nnrun::Error(
        "has " + std::to_string(header.sizes.size()) + " dimensions, expected one: the rows", file);
  start_ = header.start;
  count_ = header.sizes[0];
  if (count_ == 0) throw nnrun::Error("has columns, but no rows", file);
  if (count_ > (in_.size() - start_) / width_ || in_.size() != start_ + count_ * width_)
    throw nnrun::Error("its header promises " + std::to_string(count_) + " rows of " +
                           std::to_string(width_) + " bytes, the file has " +
                           std::to_string(in_.size() - start_) + " bytes for them",
                       file, "the file is not whole: write it again");
  shown_.resize(names_.size());
}

void NpyTable::take(const NpyHeader& header) {
  for (const NpyHeader::Type& field : header.types) {
    Column column{.at = width_};
    const std::string which = "column '" + field.name + "'";
    if (field.has_sizes)
      throw nnrun::Error(which + " holds several numbers in a row, expected one", file(),
                         "give each a column of its own");
    if (const std::size_t padding = bytes_of_padding(field.text); padding > 0) {
      width_ += padding;
    } else if (column.type.find(field.text)) {
      width_ += width_of(column.type.stored);
      names_.push_back(field.name);
      columns_.push_back(column);
    } else if ((column.chars = chars_of(field.text, column.is_wide)) > 0) {
      width_ += column.chars * (column.is_wide ? 4 : 1);
      names_.push_back(field.name);
      columns_.push_back(column);
    } else {
      throw nnrun::Error(which + " holds another type ('" + field.text +
                             "'), expected numbers, or texts of a fixed length: S or U",
                         file(), "save numbers as 'f8', texts as 'S20' or the like");
    }
    if (width_ > most_record_bytes) throw nnrun::Error("a row of it has more than 16 MiB", file());
  }
  if (names_.empty()) throw nnrun::Error("has no columns", file());
  by_name_.resize(names_.size());
  std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
  std::ranges::sort(by_name_, {},
                    [this](std::size_t i) -> const std::string& { return names_[i]; });
}

std::size_t NpyTable::column(std::string_view name) const {
  const auto name_of = [this](std::size_t i) -> std::string_view { return names_[i]; };
  const auto found = std::ranges::lower_bound(by_name_, name, {}, name_of);
  if (found == by_name_.end() || name_of(*found) != name)
    throw nnrun::Error(
        std::string(nnrun::detail::no_column).append(name) + "'", file(),
        std::string(nnrun::detail::columns_there) + nnrun::detail::list_of_names(names_));
  if (found + 1 != by_name_.end() && name_of(*(found + 1)) == name)
    throw nnrun::Error("two columns are called '" + std::string(name) + "'", file(),
                       "give one of them another name");
  return *found;
}

bool NpyTable::next() {
  if (next_ == count_) return false;
  go_to(next_);
  ++next_;
  return true;
}

void NpyTable::go_to(std::size_t row) {
  row_ = row;
  if (row >= from_ && row < from_ + n_) return;
  opened_.require_same();
  // whoever goes on wants those behind it, too
  const std::size_t most = row == from_ + n_ ? std::max<std::size_t>(1, table_chunk / width_) : 1;
  const std::size_t n = std::min(most, count_ - row);
  n_ = 0;  // reading may throw
  some_.resize(std::max(some_.size(), n * width_));
  in_.read(start_ + row * width_, some_.data(), n * width_);
  from_ = row;
  n_ = n;
}

double NpyTable::number(std::size_t column) const {
  const StoredType& type = columns_[column].type;
  double x = 0;
  if (type.stored == Stored::twice && !type.is_big_endian)
    std::memcpy(&x, bytes(column), sizeof x);
  else
    widen(type.stored, type.is_big_endian, bytes(column), 1, &x);
  return type.is_bool ? x != 0 : x;
}

bool NpyTable::is_number(std::size_t column, double& x, const nnrun::NumberFormat& how) const {
  if (is_text(column)) return nnrun::is_number(field(column), x, how);
  x = number(column);
  return !std::isnan(x);
}

/// A number is shown as shortly as it can be; one that is missing is empty.
std::string_view NpyTable::field(std::size_t column) const {
  std::string& shown = shown_[column];
  const Column& how = columns_[column];
  if (how.chars == 0) {
    const double x = number(column);
    if (std::isnan(x)) return {};
    char digits[32];
    shown.assign(digits, std::to_chars(digits, digits + sizeof digits, x).ptr);
    return shown;
  }
  if (!how.is_wide) {
    const std::string_view all(bytes(column), how.chars);
    return all.substr(0, all.find_last_not_of('\0') + 1);
  }
  shown.clear();
  for (std::size_t i = 0; i < how.chars; ++i) {
    std::uint32_t c;
    std::memcpy(&c, bytes(column) + 4 * i, 4);
    if (c == 0) break;
    nnrun::append_utf8(c, shown);
  }
  return shown;
}

std::string_view NpyTable::text(std::size_t column) const {
  const std::string_view text = field(column);
  if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    throw nnrun::Error("column '" + names_[column] + "' holds a control character", place(),
                       "names, categories and classes are texts on one line");
  if (nnrun::first_not_utf8(text) != text.npos)
    throw nnrun::Error("column '" + names_[column] + "' is not UTF-8", place(),
                       "write its texts as UTF-8, or as type U");
  return text;
}
