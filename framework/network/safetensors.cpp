#include "network/safetensors.hpp"

#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "base/doing.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "network/crc32c.hpp"
#include "network/memory_needs.hpp"
#include "network/safetensors_header.hpp"
namespace nnrun::host {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::size_t length_size = 8;
constexpr std::uint64_t largest_header = 100'000'000;  // as in the reference
constexpr auto header_crc = "header_crc32c", data_crc = "data_crc32c";
constexpr std::string_view no_digits = "00000000";

std::string eight_digits(std::uint32_t number) {
  std::string out(no_digits);
  for (std::size_t i = 8; i-- > 0; number >>= 4) out[i] = "0123456789abcdef"[number & 0xf];
  return out;
}

std::string_view chars_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Returns where the digits of the header's own checksum begin. Inside a string of the header the
/// quotes would be escaped, so the key cannot be found anywhere else.
std::optional<std::size_t> header_digits(std::string_view start) {
  const std::string before = std::string(1, '"') + header_crc + "\":\"";
  const std::size_t at = start.find(before);
  if (at == std::string_view::npos || start.size() - at - before.size() < no_digits.size())
    return std::nullopt;
  return at + before.size();
}

/// Returns the checksum of the length and the header, with its own digits as zeros.
std::uint32_t header_checksum(std::string_view start, std::size_t digits) {
  std::uint32_t crc = crc32c(start.substr(0, digits));
  crc = crc32c(no_digits, crc);
  return crc32c(start.substr(digits + no_digits.size()), crc);
}

/// Verifies the checksums and removes them from the metadata.
void check(Metadata& metadata, std::string_view start, std::string_view data,
           const std::filesystem::path& file) {
  const auto header = metadata.extract(header_crc), body = metadata.extract(data_crc);
  if (header.empty() && body.empty()) return;  // not written by us
  if (header.empty() || body.empty()) refuse_safetensors(file, "it has one of two checksums");
  const auto digits = header_digits(start);
  if (!digits || header.mapped() != eight_digits(header_checksum(start, *digits)))
    refuse_safetensors(file, "its header does not agree with its checksum");
  if (body.mapped() != eight_digits(crc32c(data)))
    refuse_safetensors(file, "its numbers do not agree with their checksum");
}

/// Returns the length and the header, padded with spaces so that the numbers are aligned to eight
/// bytes.
std::string start_of(std::span<const Tensor> tensors, const Metadata& metadata,
                     std::uint32_t data_checksum) {
  nlohmann::ordered_json header;
  auto& texts = header["__metadata__"];
  texts[header_crc] = no_digits;
  texts[data_crc] = eight_digits(data_checksum);
  for (const auto& [key, value] : metadata) texts[key] = value;
  std::size_t end = 0;
  for (const Tensor& tensor : tensors) {
    assert(tensor.bytes.size() == std::accumulate(tensor.shape.begin(), tensor.shape.end(),
                                                  size_of_dtype(tensor.dtype).value_or(0),
                                                  std::multiplies<>()));
    const std::size_t begin = end;
    end += tensor.bytes.size();
    header[tensor.name] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  std::string json = header.dump();
  json.resize((json.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = json.size();
  std::string start(length_size, '\0');
  std::memcpy(start.data(), &length, length_size);
  start += json;
  const std::size_t digits = header_digits(start).value();
  start.replace(digits, no_digits.size(), eight_digits(header_checksum(start, digits)));
  return start;
}

/// A file that lies in memory, read as an InputFile is.
class BytesInMemory {
 public:
  explicit BytesInMemory(std::string_view bytes) : rest_(bytes), size_(bytes.size()) {}
  std::uint64_t size() const { return size_; }
  void read(std::uint64_t count, std::string& to) {
    to += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

 private:
  std::string_view rest_;
  std::uint64_t size_;
};

/// Returns the length and the header, once the length is known to be possible.
template <class Input>
std::string start_in(Input& in, const std::filesystem::path& file) {
  if (in.size() < length_size)
    refuse_safetensors(file,
                       "it has " + std::to_string(in.size()) + " bytes, its length alone takes 8");
  std::string start;
  in.read(length_size, start);
  std::uint64_t length;
  std::memcpy(&length, start.data(), length_size);
  if (length > largest_header)
    refuse_safetensors(file, "its header would have " + std::to_string(length) + " bytes, " +
                                 std::to_string(largest_header) + " are the most");
  if (length > in.size() - length_size)
    refuse_safetensors(file, "its header has " + std::to_string(length) + " bytes, the file " +
                                 std::to_string(in.size()));
  in.read(length, start);
  return start;
}

template <class T>
std::vector<double> doubles(std::span<const std::byte> bytes) {
  std::vector<double> out(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < out.size(); ++i) {
    T x;
    std::memcpy(&x, bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = static_cast<double>(x);
  }
  return out;
}

}  // namespace

const Tensor* TensorFile::find(std::string_view name) const {
  for (const Tensor& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

std::vector<double> numbers_of(const Tensor& tensor) {
  if (tensor.dtype == "F32") return doubles<float>(tensor.bytes);
  if (tensor.dtype == "F64") return doubles<double>(tensor.bytes);
  throw RecordError(
      {.what = "tensor '" + tensor.name + "' holds " + tensor.dtype + ", F32 or F64 is expected",
       .place = {},
       .where = {},
       .label = {},
       .hint = {}});
}

void write_safetensors(const std::filesystem::path& file, std::span<const Tensor> tensors,
                       const Metadata& metadata, Sync sync, Existing existing) {
  std::uint32_t checksum = 0;
  std::vector<std::string_view> parts(1);
  for (const Tensor& tensor : tensors) {
    parts.push_back(chars_of(tensor.bytes));
    checksum = crc32c(parts.back(), checksum);
  }
  const std::string start = start_of(tensors, metadata, checksum);
  parts.front() = start;
  write_file(file, parts, existing, sync);
}

namespace {
template <class Input>
TensorFile tensors_in(Input& in, const std::filesystem::path& file) {
  std::string start = start_in(in, file);
  const std::uint64_t data_size = in.size() - start.size();
  TensorHeader header = read_header(std::string_view(start).substr(length_size), data_size, file);
  require_memory({{.what = "'" + file.string() + "'", .bytes = data_size}});
  TensorFile out;
  const auto contents = std::make_shared<std::string>();
  in.read(data_size, *contents);
  out.contents = contents;
  out.metadata = std::move(header.metadata);
  const std::string_view data = *out.contents;
  for (TensorEntry& entry : header.entries) {
    entry.tensor.bytes =
        std::as_bytes(std::span(data)).subspan(entry.begin, entry.end - entry.begin);
    out.tensors.push_back(std::move(entry.tensor));
  }
  check(out.metadata, start, data, file);
  return out;
}
}  // namespace

TensorFile read_safetensors(const std::filesystem::path& file) {
  const Doing here("reading a model");
  InputFile in(file);
  return tensors_in(in, file);
}

TensorFile read_safetensors(std::string_view bytes, const std::filesystem::path& name) {
  const Doing here("reading a model");
  BytesInMemory in(bytes);
  return tensors_in(in, name);
}

}  // namespace nnrun::host
