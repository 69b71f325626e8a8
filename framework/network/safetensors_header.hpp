// The JSON header of a safetensors file, read strictly.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "network/safetensors.hpp"
namespace nnrun::host {

/// A tensor as the header describes it: its bytes are data[begin, end).
struct TensorEntry {
  Tensor tensor;
  std::size_t begin = 0, end = 0;
};
struct TensorHeader {
  std::vector<TensorEntry> entries;  ///< in the order of their bytes
  Metadata metadata;
};

/// Returns the bytes of one number; std::nullopt for an unknown type.
std::optional<std::size_t> size_of_dtype(std::string_view dtype);

/// Throws RecordError: the file is not a valid one.
[[noreturn]] void refuse_safetensors(const std::filesystem::path& file, const std::string& why);

/// Reads a header. Throws RecordError unless it describes `data_size` bytes without gap or overlap.
TensorHeader read_header(std::string_view json, std::size_t data_size,
                         const std::filesystem::path& file);

}  // namespace nnrun::host
