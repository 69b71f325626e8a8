// Models and checkpoints: named arrays of numbers in the safetensors format.
#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
namespace nnrun::host {

struct Tensor {
  std::string name;
  std::string dtype;  ///< F32 or F64; files of other programs may hold more types
  std::vector<std::size_t> shape;
  std::span<const std::byte> bytes;  ///< row-major, little-endian; need not be aligned
};

using Metadata = std::map<std::string, std::string>;

struct TensorFile {
  std::vector<Tensor> tensors;                  ///< in the order of their bytes
  Metadata metadata;                            ///< without the checksums
  std::shared_ptr<const std::string> contents;  ///< what the tensors point into

  /// Returns nullptr if there is none.
  const Tensor* find(std::string_view name) const;
};

/// Returns the numbers of a tensor of F32 or F64. Throws RecordError for other types.
std::vector<double> numbers_of(const Tensor& tensor);

/// Writes a file; the bytes of each tensor must fit its shape and type. Checksums of header and
/// data are added to the metadata.
void write_safetensors(const std::filesystem::path& file, std::span<const Tensor> tensors,
                       const Metadata& metadata, Sync sync = Sync::now,
                       Existing existing = Existing::refused);

/// Reads a file. Throws RecordError that says what is wrong, unless every byte of the file is
/// accounted for and the checksums, if there are any, agree.
TensorFile read_safetensors(const std::filesystem::path& file);
/// The same of the bytes of a file. name: for messages.
TensorFile read_safetensors(std::string_view bytes, const std::filesystem::path& name);

}  // namespace nnrun::host
