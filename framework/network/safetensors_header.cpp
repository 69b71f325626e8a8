#include "network/safetensors_header.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/error.hpp"
namespace nnrun::host {
namespace {

// Beyond these a header is a mistake or an attack; they bound the memory that reading it takes.
constexpr std::size_t most_sizes = 64, most_tensors = 1'000'000, most_metadata = 10'000;

/// Returns a name for a message: in a hostile file it may be a hundred megabytes long.
std::string shown(const std::string& name) {
  constexpr std::size_t longest = 100;
  return name.size() <= longest ? name : name.substr(0, longest) + "...";
}

/// Takes the parser's events one by one, so that no tree is built, nothing is nested deeply and
/// nothing unexpected passes: {"__metadata__": {text: text}, NAME: {"dtype", "shape",
/// "data_offsets"}}.
class Reader final : public nlohmann::json_sax<nlohmann::ordered_json> {
 public:
  TensorHeader header;
  std::string fault;

  bool start_object(std::size_t) override {
    switch (at_) {
      case At::start:
        return go(At::top);
      case At::tensor_value:
        if (header.entries.size() == most_tensors)
          return fail("names more than " + std::to_string(most_tensors) + " tensors");
        header.entries.push_back({.tensor = {name_, {}, {}, {}}});
        given_ = 0;
        return go(At::tensor);
      case At::metadata_value:
        return go(At::metadata);
      default:
        return unexpected("an object");
    }
  }
  bool key(std::string& text) override {
    if (at_ == At::top) {
      if (!names_.insert(text).second) return fail("names '" + shown(text) + "' twice");
      name_ = text;
      return go(text == "__metadata__" ? At::metadata_value : At::tensor_value);
    }
    if (at_ == At::metadata) {
      name_ = text;
      if (header.metadata.contains(text)) return fail("names metadata '" + shown(text) + "' twice");
      if (header.metadata.size() == most_metadata)
        return fail("has more than " + std::to_string(most_metadata) + " texts as metadata");
      return go(At::text);
    }
    return field(text);
  }
  bool string(std::string& text) override {
    if (at_ == At::text) {
      header.metadata.emplace(name_, text);
      return go(At::metadata);
    }
    if (at_ != At::dtype) return unexpected("a text");
    tensor().dtype = text;
    return go(At::tensor);
  }
  bool start_array(std::size_t) override {
    if (at_ == At::shape_value) return go(At::shape);
    if (at_ == At::offsets_value) return go(At::offsets);
    return unexpected("a list");
  }
  bool number_unsigned(std::uint64_t number) override {
    if (at_ == At::shape && tensor().shape.size() == most_sizes)
      return fail("gives '" + shown(name_) + "' more than " + std::to_string(most_sizes) +
                  " sizes");
    if (at_ == At::shape) {
      tensor().shape.push_back(number);
    } else if (at_ == At::offsets && offsets_ < 2) {
      (offsets_++ == 0 ? header.entries.back().begin : header.entries.back().end) = number;
    } else {
      return unexpected("a number");
    }
    return true;
  }
  bool end_array() override {
    if (at_ == At::offsets && offsets_ != 2)
      return fail("gives '" + shown(name_) + "' other than two data_offsets");
    return go(At::tensor);
  }
  bool end_object() override {
    if (at_ == At::top) return go(At::start);
    if (at_ == At::tensor && given_ != all_fields)
      return fail("does not give '" + shown(name_) + "' all of dtype, shape and data_offsets");
    return go(At::top);
  }
  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("true or false"); }
  bool number_integer(std::int64_t) override { return unexpected("a negative number"); }
  bool number_float(double, const std::string&) override { return unexpected("a fraction"); }
  bool binary(nlohmann::ordered_json::binary_t&) override { return unexpected("binary data"); }
  bool parse_error(std::size_t byte, const std::string&,
                   const nlohmann::ordered_json::exception&) override {
    return fail("is not JSON from byte " + std::to_string(byte) + " on");
  }

 private:
  enum class At {
    start,
    top,
    metadata_value,
    metadata,
    text,
    tensor_value,
    tensor,
    dtype,
    shape_value,
    shape,
    offsets_value,
    offsets
  };
  static constexpr unsigned all_fields = 7;

  bool field(const std::string& name) {
    static constexpr std::string_view known[] = {"dtype", "shape", "data_offsets"};
    static constexpr At next[] = {At::dtype, At::shape_value, At::offsets_value};
    for (unsigned i = 0; i < 3; ++i) {
      if (name != known[i]) continue;
      if ((given_ >> i & 1) != 0) return fail("gives '" + shown(name_) + "' two of " + name);
      given_ |= 1u << i;
      offsets_ = 0;
      return go(next[i]);
    }
    return fail("gives '" + shown(name_) + "' the unknown field '" + shown(name) + "'");
  }
  Tensor& tensor() { return header.entries.back().tensor; }
  bool go(At next) {
    at_ = next;
    return true;
  }
  bool fail(std::string why) {
    fault = std::move(why);
    return false;
  }
  bool unexpected(const char* what) {
    return fail(std::string("has ") + what + " where none is expected" +
                (name_.empty() ? "" : ", at '" + shown(name_) + "'"));
  }

  At at_ = At::start;
  std::string name_;  // of the tensor or the metadata
  std::set<std::string> names_;
  unsigned given_ = 0, offsets_ = 0;
};

/// Returns what is wrong with the size of an entry, or an empty text.
std::string fault_of(const TensorEntry& entry) {
  const Tensor& tensor = entry.tensor;
  const auto number_size = size_of_dtype(tensor.dtype);
  if (!number_size) return "has the unknown dtype '" + shown(tensor.dtype) + "'";
  std::size_t bytes = *number_size;
  std::string shape;
  bool overflow = false;
  for (const std::size_t n : tensor.shape) {
    overflow = __builtin_mul_overflow(bytes, n, &bytes) || overflow;
    shape += (shape.empty() ? "" : " x ") + std::to_string(n);
  }
  if (overflow) return "is too large: " + shape + " of " + tensor.dtype;
  if (entry.begin <= entry.end && entry.end - entry.begin == bytes) return {};
  return "has " + std::to_string(bytes) + " bytes by its shape, but lies at " +
         std::to_string(entry.begin) + " to " + std::to_string(entry.end);
}

}  // namespace

std::optional<std::size_t> size_of_dtype(std::string_view dtype) {
  constexpr std::pair<std::string_view, std::size_t> sizes[] = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
      {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},
      {"U32", 4},  {"F32", 4}, {"I64", 8}, {"U64", 8},     {"F64", 8}};
  for (const auto& [name, size] : sizes)
    if (name == dtype) return size;
  return std::nullopt;
}

void refuse_safetensors(const std::filesystem::path& file, const std::string& why) {
  throw RecordError({.what = "'" + file.string() + "' is not a valid safetensors file: " + why,
                     .place = {},
                     .where = {},
                     .label = {},
                     .hint = {}});
}

TensorHeader read_header(std::string_view json, std::size_t data_size,
                         const std::filesystem::path& file) {
  const auto refuse = [&](const std::string& why) {
    refuse_safetensors(file, "its header " + why);
  };
  if (!json.starts_with('{')) refuse("does not start with {");
  if (json.find('\0') != std::string_view::npos)
    refuse("has a zero byte");  // the parser would stop there
  Reader reader;
  if (!nlohmann::ordered_json::sax_parse(json, &reader)) refuse(reader.fault);
  auto& entries = reader.header.entries;
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  std::size_t end = 0;
  for (const TensorEntry& entry : entries) {
    const std::string name = "says that '" + shown(entry.tensor.name) + "' ";
    if (const std::string fault = fault_of(entry); !fault.empty()) refuse(name + fault);
    if (entry.begin != end)
      refuse(name + "starts at " + std::to_string(entry.begin) + ", where " + std::to_string(end) +
             " is next");
    end = entry.end;
  }
  if (end != data_size)
    refuse("describes " + std::to_string(end) + " bytes of numbers, the file has " +
           std::to_string(data_size));
  return std::move(reader.header);
}

}  // namespace nnrun::host
