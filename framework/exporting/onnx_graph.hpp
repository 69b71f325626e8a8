// A graph of ONNX while it is written: nodes in order, tensors, inputs and outputs. Names of values
// and constants begin with /, tensors of the model are called as in model.safetensors.
#pragma once
#include <map>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "exporting/protobuf.hpp"
namespace nnrun::host {

/// The types of ONNX, by its numbers.
enum class OnnxType { float32 = 1, int64 = 7, text = 8, boolean = 9, float64 = 11 };

using OnnxAttribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                                   std::vector<float>, std::vector<std::string>>;
using OnnxAttributes = std::vector<std::pair<std::string, OnnxAttribute>>;

class OnnxGraph {
 public:
  explicit OnnxGraph(OnnxType numbers) : numbers_(numbers) {}
  /// Returns the type of the network's numbers.
  OnnxType numbers() const { return numbers_; }

  /// What the nodes that follow belong to, in their names: `dense_1: mish`.
  void begin(const std::string& part) { part_ = part; }
  /// Adds a node, and returns the name of its output.
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const OnnxAttributes& attributes = {}, const std::string& domain = "");
  /// Adds a node with outputs of these names.
  void node_to(const std::string& op, const std::vector<std::string>& inputs,
               const std::vector<std::string>& outputs, const OnnxAttributes& attributes = {},
               const std::string& domain = "");
  /// Returns a name for a value that no other has.
  std::string value_name(const std::string& op);
  /// Returns this name, or one with a number behind it if another input or output has it.
  std::string free_name(const std::string& wanted);

  // Each returns the name of a constant; the same one for the same numbers.
  std::string constant(std::span<const double> values, std::span<const std::size_t> shape,
                       OnnxType type);
  std::string constant(std::span<const double> values, std::span<const std::size_t> shape) {
    return constant(values, shape, numbers_);
  }
  std::string scalar(double value) { return scalar(value, numbers_); }
  std::string scalar(double value, OnnxType type) { return constant({&value, 1}, {}, type); }
  std::string counts(const std::vector<std::int64_t>& values);

  /// Adds a tensor of the model and returns its name.
  std::string tensor(const std::string& name, std::span<const double> values,
                     std::span<const std::size_t> shape, OnnxType type);

  /// sizes: of a row; what stands before them is how many rows there are.
  void input(const std::string& name, OnnxType type, std::span<const std::size_t> sizes);
  void output(const std::string& name, OnnxType type, std::span<const std::size_t> sizes);

  ProtobufMessage message(const std::string& name) const;

 private:
  std::string constant_of(const std::string& bytes, std::span<const std::size_t> shape,
                          OnnxType type);
  void add_tensor(const std::string& name, const std::string& bytes,
                  std::span<const std::size_t> shape, OnnxType type);

  OnnxType numbers_;
  std::string part_;
  std::size_t count_ = 0;
  std::map<std::string, std::string> constants_;  // type, shape and bytes → name
  struct Waiting {
    std::string bytes;
    std::vector<std::size_t> shape;
    OnnxType type;
  };
  std::map<std::string, Waiting> waiting_;  // constants that no node has read yet
  std::set<std::string> names_;             // of inputs and outputs
  ProtobufMessage nodes_, tensors_, inputs_, outputs_;
};

}  // namespace nnrun::host
