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

/// Bytes of one number; std::nullopt: no type of safetensors.
std::optional<std::size_t> size_of_dtype(std::string_view dtype);

/// Says that a file is not what it should be.
[[noreturn]] void refuse_safetensors(const std::filesystem::path& file, const std::string& why);

/// Throws RecordError where the header does not describe `data_size` bytes without hole or overlap.
TensorHeader read_header(std::string_view json, std::size_t data_size,
                         const std::filesystem::path& file);

}  // namespace nnrun::host
