#include "exporting/onnx_import.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "exporting/digits.hpp"
#include "exporting/import_operators.hpp"
#include "exporting/import_written_out.hpp"
namespace nnrun::host {
namespace {

/// Walks the nodes, each of which becomes a layer, part of one, or another name of a value.
class OnnxImport {
 public:
  OnnxImport(const ReadOnnx& file, const std::string& where)
      : file_(file), nodes_(nodes_with_activations(file)), where_(where), state_(file) {}

  ImportedNetwork network() {
    find_needed();
    add_input();
    std::vector<Problem> problems;
    for (std::size_t i = 0; i < nodes_.size() && problems.size() < 20; ++i) {
      if (!is_needed_[i]) continue;
      const ReadNode& node = nodes_[i];
      const bool reads_missing = std::ranges::any_of(
          node.inputs, [&](std::string_view in) { return missing_.contains(in); });
      if (!reads_missing) try {
          add(node);
          continue;
        } catch (const NoLayer& e) {
          problems.push_back({.what = "node " + single_quoted(std::string(node.name)) + " (" +
                                      std::string(node.op) + ") " + e.why,
                              .where = where_});
        }
      for (const std::string_view out : node.outputs) missing_.insert(out);
    }
    if (!problems.empty()) throw RecordError(std::move(problems));
    return finished();
  }

 private:
  [[noreturn]] void refuse_file(const std::string& what, const std::string& hint = "") const {
    throw RecordError(Problem{.what = "the ONNX file " + what, .where = where_, .hint = hint});
  }

  void find_needed() {
    if (file_.outputs.empty()) refuse_file("has no output");
    std::set<std::string_view> wanted{file_.outputs[0].name};
    is_needed_.assign(nodes_.size(), false);
    for (std::size_t i = nodes_.size(); i-- > 0;) {
      const ReadNode& node = nodes_[i];
      is_needed_[i] = std::ranges::any_of(
          node.outputs, [&](std::string_view out) { return wanted.contains(out); });
      if (!is_needed_[i]) continue;
      for (const std::string_view in : node.inputs) {
        wanted.insert(in);
        state_.add_reader(in, &node);
      }
    }
    state_.add_reader(file_.outputs[0].name, nullptr);
  }

  /// Returns whether the first operator behind the input that minds the order wants channels first.
  bool input_is_image(std::string_view input) const {
    std::set<std::string_view> unchanged{input};
    for (const ReadNode& node : nodes_) {
      if (node.inputs.empty() || !unchanged.contains(node.inputs[0])) continue;
      const std::string_view op = node.op;
      if (op == "Conv" || op == "ConvTranspose" || op == "BatchNormalization" ||
          op.ends_with("Pool"))
        return true;
      if (op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Identity" ||
          op == "Dropout" || op == "Relu" || op == "Cast")
        for (const std::string_view out : node.outputs) unchanged.insert(out);
    }
    return false;
  }

  void add_input() {
    if (file_.inputs.size() != 1)
      refuse_file("has " + n(file_.inputs.size()) + " inputs; nnrun reads networks of one");
    const ReadValue& input = file_.inputs[0];
    const std::string who = "has the input " + single_quoted(std::string(input.name));
    if (!input.has_shape || input.shape.size() < 2) refuse_file(who + " without sizes of a row");
    Sizes sizes(input.shape.begin() + 1, input.shape.end());
    constexpr std::size_t most_sizes = 4;
    if (sizes.size() > most_sizes) refuse_file(who + " of more than 4 sizes a row");
    std::size_t all = 1;
    for (const std::size_t size : sizes) {
      if (size == 0)
        refuse_file(who + ", of whose sizes one is not a number",
                    "export it with fixed sizes; only how many rows there are may be open");
      if (static_cast<double>(size) > most_numbers ||
          static_cast<double>(all *= size) > most_numbers)
        refuse_file(who + " of impossible size");
    }
    const bool image = sizes.size() > 1 && input_is_image(input.name);
    if (image) std::rotate(sizes.begin(), sizes.begin() + 1, sizes.end());
    state_.add_input(input.name, sizes, image);
  }

  ImportedNetwork finished() {
    const ImportedValue* const last = state_.find(file_.outputs[0].name);
    if (!last) refuse_file("has an output that does not depend on its input");
    if (last->layer == "input") refuse_file("has no operator that is a layer");
    const bool begins_with_rows = !last->axes.empty() && last->axes[0] == ImportedValue::rows;
    if (!begins_with_rows || (!last->is_in_order() && !last->has_channels_first()))
      refuse_file("ends with numbers in an order that nnrun lacks",
                  "leave out the Transpose at its end");
    ImportedNetwork network = state_.network(*last);
    network.outputs_left_out = file_.outputs.size() - 1;
    return network;
  }

  void add(const ReadNode& node) {
    if (!node.domain.empty() && node.domain != "ai.onnx")
      throw NoLayer{"is of the domain " + single_quoted(std::string(node.domain)) +
                    ", which nnrun does not have"};
    if (fold(state_, node)) return;
    using Add = void (*)(ImportState&, const ReadNode&);
    static const std::map<std::string_view, Add> known{{"Gemm", import_gemm},
                                                       {"MatMul", import_matmul},
                                                       {"Conv", import_convolution},
                                                       {"ConvTranspose", import_transposed},
                                                       {"LSTM", import_recurrent},
                                                       {"GRU", import_recurrent},
                                                       {"RNN", import_recurrent},
                                                       {"Gather", import_gather},
                                                       {"Slice", import_slice},
                                                       {"MaxPool", import_pooling},
                                                       {"AveragePool", import_pooling},
                                                       {"GlobalMaxPool", import_global_pooling},
                                                       {"GlobalAveragePool", import_global_pooling},
                                                       {"ReduceMean", import_reduction},
                                                       {"ReduceMax", import_reduction},
                                                       {"BatchNormalization", import_batch_norm},
                                                       {"LayerNormalization", import_layer_norm},
                                                       {"Flatten", import_flatten},
                                                       {"Reshape", import_reshape},
                                                       {"Squeeze", import_squeeze},
                                                       {"Unsqueeze", import_unsqueeze},
                                                       {"Transpose", import_transpose},
                                                       {"Add", import_join},
                                                       {"Sub", import_join},
                                                       {"Mul", import_join},
                                                       {"Div", import_join},
                                                       {"Sum", import_joins},
                                                       {"Mean", import_joins},
                                                       {"Max", import_joins},
                                                       {"Min", import_joins},
                                                       {"Pow", import_power},
                                                       {"PRelu", import_prelu},
                                                       {"Concat", import_concat},
                                                       {"Softmax", import_softmax},
                                                       {"LogSoftmax", import_softmax},
                                                       {"Pad", import_pad},
                                                       {"Resize", import_resize},
                                                       {"Upsample", import_resize},
                                                       {"Identity", import_same},
                                                       {"Dropout", import_dropout},
                                                       {"Cast", import_cast}};
    if (const auto found = known.find(node.op); found != known.end())
      return found->second(state_, node);
    import_activation(state_, node);
  }

  const ReadOnnx& file_;
  const std::vector<ReadNode> nodes_;
  const std::string& where_;
  ImportState state_;
  std::vector<bool> is_needed_;
  std::set<std::string_view> missing_;  // what nodes that were refused would have made
};

}  // namespace

ImportedNetwork imported_network(const ReadOnnx& file, const std::string& where) {
  return OnnxImport(file, where).network();
}

}  // namespace nnrun::host
