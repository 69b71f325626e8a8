// An ONNX file as nodes and tensors, for import. Bytes of strangers: every length is held against
// the bytes that are there, every tensor against the product of its sizes; nothing is recursive,
// and no path is opened.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace nnrun::host {

/// A tensor, whose numbers lie in the file.
struct ReadTensor {
  std::vector<std::size_t> shape;
  std::uint64_t type = 0;            ///< as OnnxType
  std::string_view bytes;            ///< little-endian numbers, if they are written so
  std::vector<std::int64_t> counts;  ///< int64 numbers that are written one by one

  std::size_t size() const;
  /// Returns the numbers of float32, float64, int64, int32 or boolean.
  std::vector<double> numbers() const;
};

struct ReadAttribute {
  std::vector<std::int64_t> ints;
  std::vector<float> floats;
  std::vector<std::string_view> texts;
  std::vector<ReadTensor> tensors;
};

struct ReadNode {
  std::string_view name, op, domain;
  std::vector<std::string_view> inputs, outputs;
  std::map<std::string_view, ReadAttribute> attributes;
};

/// An input or output: its sizes, 0 for one that is a name.
struct ReadValue {
  std::string_view name;
  std::vector<std::size_t> shape;
  bool has_shape = false;
};

struct ReadOnnx {
  std::uint64_t opset = 0;
  std::vector<ReadNode> nodes;  ///< each after what it reads
  std::map<std::string_view, ReadTensor> tensors;
  std::vector<ReadValue> inputs, outputs;  ///< inputs without those that are tensors
  std::map<std::string, std::string> metadata;
};

/// Reads a file's bytes, which must outlive the result. where: for messages. Throws RecordError
/// that says why a file is refused.
ReadOnnx read_onnx(std::string_view file, const std::string& where);

/// Returns a checksum of the operators, their constants, and what nnrun says of them; not of
/// parameters.
std::string sha256_of_nodes(const ReadOnnx& file);

}  // namespace nnrun::host
