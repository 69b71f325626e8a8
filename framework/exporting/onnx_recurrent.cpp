#include <algorithm>
#include <stdexcept>

#include "exporting/onnx_layers.hpp"
namespace nnrun::host {
namespace {

using Order = OnnxValue::Order;
using Integers = std::vector<std::int64_t>;

/// RNN, LSTM or GRU over both directions at once. ONNX has the gates of lstm in the order i o f c,
/// where ours are i f c o; of gru they are the same.
class RecurrentNodes {
 public:
  RecurrentNodes(OnnxGraph& graph, const ExportedStep& step, OnnxValue& input,
                 const std::vector<std::string>& blocks)
      : graph_(graph), step_(step), plan_(step.recurrent), input_(input), blocks_(blocks) {}

  OnnxValue value() {
    if (plan_.skip) throw std::invalid_argument("passes over steps ('skip'), which ONNX does not");
    std::string x = graph_.node("Transpose", {input_.in(Order::channels_last, graph_)},
                                {{"perm", Integers{1, 0, 2}}});
    if (plan_.backwards) x = turned_round(x);
    std::vector<std::string> inputs{x, of_directions(0), of_directions(1)};
    if (plan_.has_bias) inputs.push_back(biases());
    const std::string all = graph_.value_name("Y"), last = graph_.value_name("Y_h");
    graph_.node_to(plan_.cell == "lstm"  ? "LSTM"
                   : plan_.cell == "gru" ? "GRU"
                                         : "RNN",
                   inputs, {all, last}, attributes());
    return plan_.sequences ? of_steps(all) : merged(last);
  }

 private:
  std::size_t gates() const { return plan_.cell == "lstm" ? 4 : plan_.cell == "gru" ? 3 : 1; }
  std::int64_t units() const { return static_cast<std::int64_t>(plan_.units); }
  std::size_t blocks_of_direction() const { return blocks_.size() / plan_.directions; }
  const std::string& block(std::size_t direction, std::size_t k) const {
    return blocks_[direction * blocks_of_direction() + k];
  }

  std::string turned_round(const std::string& x) {
    Integers places;
    for (std::size_t t = plan_.steps; t-- > 0;) places.push_back(static_cast<std::int64_t>(t));
    return graph_.node("Gather", {x, graph_.counts(places)}, {{"axis", std::int64_t{0}}});
  }
  /// Puts the units of gates into ONNX's order along an axis.
  std::string in_order(const std::string& block, std::int64_t axis) {
    if (plan_.cell != "lstm") return block;
    Integers places;
    for (const std::int64_t gate : {0, 3, 1, 2})
      for (std::int64_t j = 0; j < units(); ++j) places.push_back(gate * units() + j);
    return graph_.node("Gather", {block, graph_.counts(places)}, {{"axis", axis}});
  }
  std::string joined(const std::vector<std::string>& names, std::int64_t axis) {
    return names.size() == 1 ? names[0] : graph_.node("Concat", names, {{"axis", axis}});
  }
  /// Returns a block of both directions, (directions, gates × units, …).
  std::string of_directions(std::size_t k) {
    std::vector<std::string> each;
    for (std::size_t d = 0; d < plan_.directions; ++d)
      each.push_back(graph_.node("Unsqueeze", {in_order(block(d, k), 0), graph_.counts({0})}));
    return joined(each, 0);
  }
  /// Returns (directions, 2 × gates × units): biases of inputs, then those of states.
  std::string biases() {
    const auto width = static_cast<std::int64_t>(gates()) * units();
    const bool both = plan_.cell == "gru" && plan_.reset_after;
    const std::vector<double> zeros(static_cast<std::size_t>(width));
    const std::size_t size = zeros.size();
    std::vector<std::string> each;
    for (std::size_t d = 0; d < plan_.directions; ++d) {
      const std::string own = block(d, 2);
      each.push_back(graph_.node(
          "Reshape",
          {both ? own : joined({in_order(own, 0), graph_.constant(zeros, {&size, 1})}, 0),
           graph_.counts({1, 2 * width})}));
    }
    return joined(each, 0);
  }

  OnnxAttributes attributes() const {
    OnnxAttributes all{{"hidden_size", units()}};
    if (plan_.directions == 2) all.push_back({"direction", "bidirectional"});
    if (plan_.cell == "gru")
      all.push_back({"linear_before_reset", std::int64_t{plan_.reset_after}});
    std::vector<std::string> bends;
    std::vector<float> alpha, beta;
    for (std::size_t d = 0; d < plan_.directions; ++d) {
      if (plan_.cell != "simple_rnn") add_bend(plan_.gate, bends, alpha, beta);
      add_bend(plan_.state, bends, alpha, beta);
      if (plan_.cell == "lstm") add_bend(plan_.state, bends, alpha, beta);
    }
    all.push_back({"activations", bends});
    if (!alpha.empty()) {
      all.push_back({"activation_alpha", alpha});
      all.push_back({"activation_beta", beta});
    }
    return all;
  }
  static void add_bend(const std::string& bend, std::vector<std::string>& names,
                       std::vector<float>& alpha, std::vector<float>& beta) {
    names.push_back(bend == "tanh"           ? "Tanh"
                    : bend == "sigmoid"      ? "Sigmoid"
                    : bend == "hard_sigmoid" ? "HardSigmoid"
                    : bend == "relu"         ? "Relu"
                                             : "Affine");
    if (bend != "hard_sigmoid" && bend != "none") return;
    alpha.push_back(bend == "none" ? 1.f : 1.f / 6);
    beta.push_back(bend == "none" ? 0.f : 0.5f);
  }

  /// last: (directions, rows, units).
  OnnxValue merged(const std::string& last) {
    std::vector<std::string> each;
    for (std::size_t d = 0; d < plan_.directions; ++d)
      each.push_back(graph_.node("Gather",
                                 {last, graph_.scalar(static_cast<double>(d), OnnxType::int64)},
                                 {{"axis", std::int64_t{0}}}));
    return {step_.shape, merged(each), Order::row};
  }
  /// all: (steps, directions, rows, units).
  OnnxValue of_steps(const std::string& all) {
    std::vector<std::string> each;
    for (std::size_t d = 0; d < plan_.directions; ++d) {
      const std::string own =
          graph_.node("Gather", {all, graph_.scalar(static_cast<double>(d), OnnxType::int64)},
                      {{"axis", std::int64_t{1}}});
      each.push_back(graph_.node("Transpose", {own}, {{"perm", Integers{1, 0, 2}}}));
    }
    return {step_.shape, merged(each), Order::channels_last};
  }
  std::string merged(const std::vector<std::string>& each) {
    if (each.size() == 1) return each[0];
    if (plan_.merge == "concat") return joined(each, -1);
    if (plan_.merge == "multiply") return graph_.node("Mul", each);
    const std::string sum = graph_.node("Add", each);
    return plan_.merge == "sum" ? sum : graph_.node("Mul", {sum, graph_.scalar(0.5)});
  }

  OnnxGraph& graph_;
  const ExportedStep& step_;
  const RecurrentPlan& plan_;
  OnnxValue& input_;
  const std::vector<std::string>& blocks_;
};

}  // namespace

OnnxValue onnx_recurrent(OnnxGraph& graph, const ExportedStep& step, OnnxValue& input,
                         const std::vector<std::string>& blocks) {
  return RecurrentNodes(graph, step, input, blocks).value();
}

}  // namespace nnrun::host
