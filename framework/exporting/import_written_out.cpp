#include "exporting/import_written_out.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <tuple>

#include "exporting/import_attributes.hpp"
namespace nnrun::host {
namespace {

/// Finds what a node ends, by the nodes that make its inputs.
class WrittenOut {
 public:
  explicit WrittenOut(const ReadOnnx& file) : file_(file) {
    for (const ReadNode& node : file.nodes)
      for (const std::string_view out : node.outputs)
        if (!out.empty()) makers_[out] = &node;
  }

  /// Returns the node to read in place of one.
  ReadNode in_short(const ReadNode& node) const {
    if (const std::optional<ReadNode> norm = layer_norm(node)) return *norm;
    if (const std::string_view x = softsign_input(node); !x.empty())
      return with(node, "Softsign", x);
    if (!is(node, "Mul", 2)) return node;
    for (std::size_t k = 0; k < 2; ++k) {
      const std::string_view x = node.inputs[k], factor = node.inputs[1 - k];
      if (is_made(factor, "Sigmoid", x)) return with(node, "Swish", x);
      const ReadNode* const tanh = maker(factor, "Tanh", 1);
      if (tanh && is_made(tanh->inputs[0], "Softplus", x)) return with(node, "Mish", x);
    }
    if (const std::string_view x = gelu_input(node, false); !x.empty())
      return with(node, "Gelu", x);
    const std::string_view x = gelu_input(node, true);
    if (x.empty()) return node;
    ReadNode gelu = with(node, "Gelu", x);
    gelu.attributes["approximate"].texts = {"tanh"};
    return gelu;
  }

 private:
  static bool is(const ReadNode& node, std::string_view op, std::size_t inputs) {
    return node.op == op && node.inputs.size() == inputs &&
           (node.domain.empty() || node.domain == "ai.onnx");
  }
  /// Returns the node of an operator that makes a value, or nullptr.
  const ReadNode* maker(std::string_view name, std::string_view op, std::size_t inputs) const {
    const auto found = makers_.find(name);
    return found != makers_.end() && is(*found->second, op, inputs) ? found->second : nullptr;
  }
  bool is_made(std::string_view name, std::string_view op, std::string_view from) const {
    const ReadNode* const node = maker(name, op, 1);
    return node && node->inputs[0] == from;
  }
  static ReadNode with(const ReadNode& node, std::string_view op, std::string_view input) {
    return {.name = node.name,
            .op = op,
            .domain = node.domain,
            .inputs = {input},
            .outputs = node.outputs,
            .attributes = {}};
  }

  /// Returns a constant, or nullptr.
  const ReadTensor* constant(std::string_view name) const {
    if (const ReadNode* const node = maker(name, "Constant", 0))
      return Attributes(*node).tensor("value");
    const auto tensor = file_.tensors.find(name);
    return tensor == file_.tensors.end() ? nullptr : &tensor->second;
  }
  /// Returns a constant that is one number.
  std::optional<double> number(std::string_view name) const {
    const ReadTensor* const own = constant(name);
    if (!own || own->shape.size() > 1 || own->size() != 1) return {};
    const std::vector<double> values = own->numbers();
    return values.size() == 1 ? std::optional(values[0]) : std::nullopt;
  }
  /// Returns whether a constant is one number, as near as float32 is.
  bool is_number(std::string_view name, double wanted) const {
    const std::optional<double> own = number(name);
    return own && std::abs(*own - wanted) < 1e-6;
  }
  /// Returns the other input of a node of two inputs, one of which is that number, or "".
  std::string_view beside(const ReadNode* node, double number) const {
    if (!node) return "";
    if (is_number(node->inputs[1], number)) return node->inputs[0];
    return is_number(node->inputs[0], number) ? node->inputs[1] : "";
  }

  /// Returns x of x / (1 + |x|), or "".
  std::string_view softsign_input(const ReadNode& node) const {
    if (!is(node, "Div", 2)) return "";
    const std::string_view x = node.inputs[0];
    return is_made(beside(maker(node.inputs[1], "Add", 2), 1), "Abs", x) ? x : "";
  }
  /// Returns x of a product of x, 1 / 2 and 1 + erf(x / sqrt(2)) in any order, or "". by_tanh: of
  /// the formula that comes near to it.
  std::string_view gelu_input(const ReadNode& node, bool by_tanh) const {
    for (std::size_t k = 0; k < 2; ++k) {
      const ReadNode* const inner = maker(node.inputs[k], "Mul", 2);
      if (!inner) continue;
      std::array factors{inner->inputs[0], inner->inputs[1], node.inputs[1 - k]};
      std::ranges::sort(factors);
      do {
        if (is_number(factors[0], 0.5) && (by_tanh ? is_one_plus_tanh(factors[1], factors[2])
                                                   : is_one_plus_erf(factors[1], factors[2])))
          return factors[2];
      } while (std::ranges::next_permutation(factors).found);
    }
    return "";
  }
  bool is_one_plus_erf(std::string_view sum, std::string_view x) const {
    const ReadNode* const erf = maker(beside(maker(sum, "Add", 2), 1), "Erf", 1);
    if (!erf) return false;
    const ReadNode* const ratio = maker(erf->inputs[0], "Div", 2);
    if (ratio) return ratio->inputs[0] == x && is_number(ratio->inputs[1], std::numbers::sqrt2);
    return beside(maker(erf->inputs[0], "Mul", 2), std::numbers::sqrt2 / 2) == x;
  }
  /// 1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))
  bool is_one_plus_tanh(std::string_view sum, std::string_view x) const {
    const ReadNode* const tanh = maker(beside(maker(sum, "Add", 2), 1), "Tanh", 1);
    if (!tanh) return false;
    const double root = std::sqrt(2 / std::numbers::pi);
    const ReadNode* const inner = maker(beside(maker(tanh->inputs[0], "Mul", 2), root), "Add", 2);
    if (!inner) return false;
    const std::size_t own = inner->inputs[0] == x ? 0 : 1;
    return inner->inputs[own] == x &&
           is_cube(beside(maker(inner->inputs[1 - own], "Mul", 2), 0.044715), x);
  }
  bool is_cube(std::string_view name, std::string_view x) const {
    if (const ReadNode* const power = maker(name, "Pow", 2))
      return power->inputs[0] == x && is_number(power->inputs[1], 3);
    const ReadNode* const product = maker(name, "Mul", 2);
    if (!product) return false;
    const ReadNode* const square =
        maker(product->inputs[product->inputs[0] == x ? 1 : 0], "Mul", 2);
    return square && square->inputs[0] == x && square->inputs[1] == x &&
           (product->inputs[0] == x || product->inputs[1] == x);
  }

  /// What (x - mean x) / sqrt(mean (x - mean x)^2 + epsilon) says.
  struct Normalized {
    std::string_view x;
    std::int64_t axis;
    double epsilon;
  };

  /// Returns a list of one axis, over which a mean keeps its place.
  std::optional<std::int64_t> axis_of_mean(const ReadNode* mean) const {
    if (!mean) return {};
    const Attributes own(*mean);
    Whole axes = own.ints("axes");
    if (const ReadTensor* const given =
            mean->inputs.size() > 1 ? constant(mean->inputs[1]) : nullptr)
      if (given->size() == 1) axes = {static_cast<std::int64_t>(given->numbers()[0])};
    if (axes.size() != 1 || own.integer("keepdims", 1) == 0) return {};
    return axes[0];
  }
  const ReadNode* mean_of(std::string_view name, std::string_view x) const {
    for (const std::size_t inputs : {1u, 2u})  // the axes may be an input
      if (const ReadNode* const mean = maker(name, "ReduceMean", inputs);
          mean && mean->inputs[0] == x)
        return mean;
    return nullptr;
  }
  bool is_square(std::string_view name, std::string_view x) const {
    if (const ReadNode* const power = maker(name, "Pow", 2))
      return power->inputs[0] == x && is_number(power->inputs[1], 2);
    const ReadNode* const product = maker(name, "Mul", 2);
    return product && product->inputs[0] == x && product->inputs[1] == x;
  }
  /// Returns what a node normalizes. Each Sub of a file is made once, or twice from the same x.
  std::optional<Normalized> normalized(const ReadNode* ratio) const {
    if (!ratio || !is(*ratio, "Div", 2)) return {};
    const ReadNode* const centred = maker(ratio->inputs[0], "Sub", 2);
    const ReadNode* const root = maker(ratio->inputs[1], "Sqrt", 1);
    if (!centred || !root) return {};
    const std::string_view x = centred->inputs[0];
    const std::optional<std::int64_t> axis = axis_of_mean(mean_of(centred->inputs[1], x));
    const ReadNode* const sum = maker(root->inputs[0], "Add", 2);
    if (!axis || !sum) return {};
    const std::size_t k = number(sum->inputs[1]) ? 0 : 1;
    const std::optional<double> epsilon = number(sum->inputs[1 - k]);
    for (const std::size_t inputs : {1u, 2u}) {
      const ReadNode* const variance = maker(sum->inputs[k], "ReduceMean", inputs);
      if (epsilon && variance && axis_of_mean(variance) == axis &&
          is_square(variance->inputs[0], ratio->inputs[0]))
        return Normalized{x, *axis, *epsilon};
    }
    return {};
  }
  /// Returns the other input of a node whose one input is a constant of more than one number, and
  /// that constant.
  std::pair<std::string_view, std::string_view> beside_list(const ReadNode& node) const {
    for (std::size_t k = 0; k < 2; ++k)
      if (const ReadTensor* const own = constant(node.inputs[k]); own && own->shape.size() == 1)
        return {node.inputs[1 - k], node.inputs[k]};
    return {};
  }
  /// Returns a normalization of layers for the last node of one: a sum, a product or a ratio.
  std::optional<ReadNode> layer_norm(const ReadNode& node) const {
    std::string_view gamma, beta, inner;
    const ReadNode* last = &node;
    if (is(*last, "Add", 2)) {
      std::tie(inner, beta) = beside_list(*last);
      last = maker(inner, "Mul", 2);
    }
    if (last && is(*last, "Mul", 2)) {
      std::tie(inner, gamma) = beside_list(*last);
      last = maker(inner, "Div", 2);
    }
    const std::optional<Normalized> found = normalized(last);
    if (!found) return {};
    ReadNode norm = with(node, "LayerNormalization", found->x);
    norm.inputs.insert(norm.inputs.end(), {gamma, beta});
    norm.attributes["axis"].ints = {found->axis};
    norm.attributes["epsilon"].floats = {static_cast<float>(found->epsilon)};
    return norm;
  }

  const ReadOnnx& file_;
  std::map<std::string_view, const ReadNode*> makers_;
};

}  // namespace

std::vector<ReadNode> nodes_with_activations(const ReadOnnx& file) {
  const WrittenOut written_out(file);
  std::vector<ReadNode> nodes;
  nodes.reserve(file.nodes.size());
  for (const ReadNode& node : file.nodes) nodes.push_back(written_out.in_short(node));
  return nodes;
}

}  // namespace nnrun::host
