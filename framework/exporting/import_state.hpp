// The network as far as it is imported: what nodes read and give by name, and the layers so far.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exporting/import_layer.hpp"
#include "exporting/import_value.hpp"
#include "exporting/onnx_import.hpp"
#include "exporting/onnx_reader.hpp"
namespace nnrun::host {

/// Why a node cannot be a layer; the walk says which node it is.
struct NoLayer {
  std::string why;
};

/// The state behind the last step, of rows x units; or why no layer gives it.
struct ImportedStateOfLayer {
  ImportedValue value;
  std::string why_not;
};

/// Functions that take a node throw NoLayer if it does not read, or give, what they are asked for.
class ImportState {
 public:
  explicit ImportState(const ReadOnnx& file) : file_(file) {}

  std::uint64_t opset() const { return file_.opset; }

  /// The network's input. channels_were_first: in the file.
  void add_input(std::string_view name, const Sizes& sizes, bool channels_were_first);
  /// reader: of a value; nullptr: the end of the network.
  void add_reader(std::string_view name, const ReadNode* reader) {
    readers_[name].push_back(reader);
  }
  /// Returns nullptr for what is not a value.
  const ImportedValue* find(std::string_view name) const;
  /// Returns what the nodes made, which gives the value last, without layers that nothing reads. It
  /// leaves this empty.
  ImportedNetwork network(const ImportedValue& last);

  /// k: which input of the node.
  const ImportedValue& value(const ReadNode& node, std::size_t k) const;
  /// Returns whether a node, or the end of the network, reads output k of the node.
  bool is_read(const ReadNode& node, std::size_t k) const;
  bool is_value(const ReadNode& node, std::size_t k) const;
  /// Returns who reads output k of the node.
  const std::vector<const ReadNode*>& readers(const ReadNode& node, std::size_t k) const;
  /// Returns nullptr for what is not a constant.
  const ImportedConstant* constant(const ReadNode& node, std::size_t k);
  /// Returns a constant of that many sizes.
  const ImportedConstant& weights(const ReadNode& node, std::size_t k, std::size_t rank);

  /// Names the value that a node gives.
  void give(const ReadNode& node, ImportedValue value) { give(node, 0, std::move(value)); }
  /// The same of its output k.
  void give(const ReadNode& node, std::size_t k, ImportedValue value);
  /// Names states of recurrent layers, side by side along a first axis, of which nodes take one.
  void give_states(const ReadNode& node, std::size_t k, std::vector<ImportedStateOfLayer> states);
  /// Returns nullptr for what is no such list.
  const std::vector<ImportedStateOfLayer>* states(const ReadNode& node, std::size_t k) const;
  void give_constant(const ReadNode& node, ImportedConstant constant);
  /// Says that a node makes nothing but zeros, as many as there are rows, say.
  void give_zeros(const ReadNode& node);
  /// Returns whether input k of the node is nothing but zeros.
  bool is_zero(const ReadNode& node, std::size_t k);

  /// Returns the new layer, which the next one may move. settings: ", key: value", any number of
  /// times.
  ImportedLayer& add_layer(const std::string& type, const std::string& settings,
                           std::vector<std::string> inputs, Sizes shape);
  void add_block(const ImportedLayer& layer, const std::string& name, Sizes shape,
                 std::vector<double> values);
  /// Says that these layers were one, whose weights each of them has.
  void add_twins(std::vector<std::string> names) { twins_.push_back(std::move(names)); }
  void add_bias(ImportedLayer& layer, const ImportedConstant& b, double factor = 1);
  /// Returns the same numbers as a value of these sizes and axes.
  ImportedValue reshaped(const ImportedValue& in, const Sizes& shape, std::vector<int> axes);
  /// Returns the layer of a value if nothing else reads it, so that it may be changed.
  ImportedLayer* own_layer(const ReadNode& node, std::size_t k);
  /// The same of a layer that has its activation.
  ImportedLayer* sole_layer(const ReadNode& node, std::size_t k);

 private:
  const ReadOnnx& file_;
  ImportedNetwork network_;
  std::map<std::string_view, std::vector<const ReadNode*>> readers_;
  std::map<std::string_view, std::vector<ImportedStateOfLayer>> states_;
  std::map<std::string_view, ImportedValue> values_;
  std::map<std::string_view, ImportedConstant> constants_;
  std::set<std::string_view> zeros_;
  std::vector<std::vector<std::string>> twins_;
  std::vector<ImportedLayer> layers_;
  std::map<std::string, std::size_t> counts_;        // of layers, by type
  std::map<std::string, std::size_t> places_;        // of layers, by name
  std::map<std::string, std::size_t> most_readers_;  // of a value that a layer gives, by its name
};

}  // namespace nnrun::host
