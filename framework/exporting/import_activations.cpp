#include <cmath>
#include <map>

#include "exporting/digits.hpp"
#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

std::string as_activation(const std::string& formula) {
  return "{formula: \"" + formula + "\"}";
}

std::string clip(ImportState& net, const ReadNode& node) {
  const Attributes own(node);
  const auto bound = [&](std::size_t k, const char* name) {
    const ImportedConstant* const given = net.constant(node, k);
    return given && given->values.size() == 1 ? given->values[0] : own.number(name, NAN);
  };
  const double low = bound(1, "min"), high = bound(2, "max");
  if (low == 0 && high == 6) return "relu6";
  if (low == -1 && high == 1) return "hard_tanh";
  if (low == 0 && std::isnan(high)) return "relu";
  std::string formula = "x";
  if (!std::isnan(low)) formula = "max(x, " + digits_of(low) + ")";
  if (!std::isnan(high)) formula = "min(" + formula + ", " + digits_of(high) + ")";
  return formula == "x" ? "none" : as_activation(formula);
}

std::string activation_of(ImportState& net, const ReadNode& node) {
  const Attributes own(node);
  static const std::map<std::string_view, const char*> plain{
      {"Relu", "relu"}, {"Sigmoid", "sigmoid"},   {"Tanh", "tanh"}, {"Softplus", "softplus"},
      {"Mish", "mish"}, {"Softsign", "softsign"}, {"Sin", "sin"}};
  if (const auto found = plain.find(node.op); found != plain.end()) return found->second;
  static const std::map<std::string_view, const char*> formulas{
      {"HardSwish", "x * max(min(x / 6 + 0.5, 1), 0)"},
      {"Abs", "abs(x)"},
      {"Neg", "-x"},
      {"Exp", "exp(x)"},
      {"Log", "log(x)"},
      {"Sqrt", "sqrt(x)"},
      {"Reciprocal", "1 / x"},
      {"Sign", "sign(x)"},
      {"Erf", "erf(x)"},
      {"Cos", "cos(x)"}};
  if (const auto found = formulas.find(node.op); found != formulas.end())
    return as_activation(found->second);
  if (node.op == "LeakyRelu")
    return "{type: leaky_relu, negative_slope: " + digits_of(own.number("alpha", 0.01)) + "}";
  if (node.op == "Elu") return "{type: elu, alpha: " + digits_of(own.number("alpha", 1)) + "}";
  const auto near = [](double a, double b) { return std::abs(a - b) < 1e-5; };
  if (node.op == "Selu" && near(own.number("alpha", 1.67326), 1.67326) &&
      near(own.number("gamma", 1.0507), 1.0507))
    return "selu";
  if (node.op == "Gelu")
    return own.text("approximate") == "tanh" ? "{type: gelu, approximate: tanh}" : "gelu";
  if (node.op == "Swish") return "{type: silu, beta: " + digits_of(own.number("alpha", 1)) + "}";
  if (node.op == "HardSigmoid" && near(own.number("alpha", 0.2), 1. / 6) &&
      near(own.number("beta", 0.5), 0.5))
    return "hard_sigmoid";
  if (node.op == "HardSigmoid")
    return as_activation("max(min(" + digits_of(own.number("alpha", 0.2)) + " * x + " +
                         digits_of(own.number("beta", 0.5)) + ", 1), 0)");
  if (node.op == "ThresholdedRelu")
    return as_activation("where(x > " + digits_of(own.number("alpha", 1)) + ", x, 0)");
  if (node.op == "Celu") {
    const std::string alpha = digits_of(own.number("alpha", 1));
    return as_activation("where(x > 0, x, " + alpha + " * expm1(x / " + alpha + "))");
  }
  if (node.op == "Clip") return clip(net, node);
  return "";
}

void activate(ImportState& net, const ReadNode& node, const std::string& activation,
              std::size_t k = 0) {
  const ImportedValue in = net.value(node, k);
  if (activation == "none") return net.give(node, in);
  if (ImportedLayer* const layer = net.own_layer(node, k)) {
    layer->activation = activation;
    return net.give(node, in);
  }
  ImportedLayer& layer = net.add_layer("activation", "", {in.layer}, in.shape);
  layer.activation = activation;
  net.give(node, {layer.name, in.shape, in.axes});
}

}  // namespace

void import_activation(ImportState& net, const ReadNode& node) {
  const std::string activation = activation_of(net, node);
  if (activation.empty()) throw NoLayer{"is an operator that nnrun has no layer for"};
  activate(net, node, activation);
}

void import_formula(ImportState& net, const ReadNode& node, std::size_t k,
                    const std::string& formula) {
  activate(net, node, as_activation(formula), k);
}

void import_softmax(ImportState& net, const ReadNode& node) {
  const ImportedValue& in = net.value(node, 0);
  const std::int64_t missing = net.opset() < 13 ? 1 : -1;
  const std::int64_t axis = Attributes(node).integer("axis", missing);
  const auto rank = static_cast<std::int64_t>(in.axes.size());
  const std::int64_t at = axis < 0 ? axis + rank : axis;
  const bool last = at >= 0 && at < rank && in.axes[static_cast<std::size_t>(at)] == in.last();
  if (!last || (net.opset() < 13 && at != rank - 1))
    throw NoLayer{"is not over the last axis, the channels"};
  activate(net, node, node.op == "Softmax" ? "softmax" : "log_softmax");
}

}  // namespace nnrun::host
