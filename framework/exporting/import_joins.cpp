#include <algorithm>
#include <cmath>

#include "exporting/digits.hpp"
#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_constants = std::size_t{1} << 24;  // that are written out for a layer

void join_as(ImportState& net, const ReadNode& node, const std::string& type) {
  const ImportedValue first = net.value(node, 0);
  std::vector<std::string> layers;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const ImportedValue& own = net.value(node, k);
    if (own.shape != first.shape || own.axes != first.axes)
      throw NoLayer{"joins values of different sizes"};
    const bool again = std::ranges::count(layers, own.layer) > 0;  // a layer joins different ones
    layers.push_back(again ? net.add_layer("activation", "", {own.layer}, own.shape).name
                           : own.layer);
  }
  const ImportedLayer& layer = net.add_layer(type, "", std::move(layers), first.shape);
  net.give(node, {layer.name, first.shape, first.axes});
}

void join_two(ImportState& net, const ReadNode& node) {
  if (node.op == "Div") throw NoLayer{"divides values, which no layer does"};
  join_as(net, node, node.op == "Add" ? "add" : node.op == "Sub" ? "subtract" : "multiply");
}

/// Returns a constant for each number of a value, in the layer's order.
std::vector<double> spread(const ImportedConstant& c, const ImportedValue& in) {
  if (c.shape.size() > in.axes.size() || c.values.empty())
    throw NoLayer{"joins a constant of more sizes than the value has"};
  const std::size_t all = product(in.shape), skipped = in.axes.size() - c.shape.size();
  if (all > most_constants) throw NoLayer{"joins a constant with too many numbers"};
  std::vector<std::size_t> steps(in.shape.size(), 0);
  std::size_t step = 1;
  for (std::size_t k = c.shape.size(); k-- > 0;) {
    const int axis = in.axes[k + skipped];
    if (c.shape[k] != 1) {
      if (axis < 0 || c.shape[k] != in.shape[static_cast<std::size_t>(axis)])
        throw NoLayer{"joins a constant of other sizes"};
      steps[static_cast<std::size_t>(axis)] = step;
    }
    step *= c.shape[k];
  }
  std::vector<double> out(all);
  for (std::size_t i = 0; i < all; ++i) {
    std::size_t rest = i, at = 0;
    for (std::size_t d = in.shape.size(); d-- > 0; rest /= in.shape[d])
      at += rest % in.shape[d] * steps[d];
    out[i] = c.values[at];
  }
  return out;
}

bool fuse_bias(ImportState& net, const ReadNode& node, std::size_t k, const ImportedValue& in,
               const std::vector<double>& c) {
  ImportedLayer* const layer = net.own_layer(node, k);
  if (!layer || !layer->takes_bias || layer->name != in.layer) return false;
  const std::size_t units = layer->shape.back();
  if (in.shape != layer->shape) return false;
  for (std::size_t i = units; i < c.size(); ++i)
    if (c[i] != c[i % units]) return false;
  net.add_bias(*layer, {{units}, {c.begin(), c.begin() + static_cast<std::ptrdiff_t>(units)}});
  net.give(node, in);
  return true;
}

void scale(ImportState& net, const ReadNode& node, std::size_t k, const ImportedValue& in,
           const std::vector<double>& c) {
  std::vector<double> factors(c.size(), 1), shifts(c.size(), 0);
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (node.op == "Add") shifts[i] = c[i];
    if (node.op == "Sub") factors[i] = k == 0 ? 1 : -1, shifts[i] = k == 0 ? -c[i] : c[i];
    if (node.op == "Mul") factors[i] = c[i];
    if (node.op == "Div") factors[i] = 1 / c[i];
  }
  if (node.op == "Div" && k == 1) throw NoLayer{"divides a constant by a value"};
  const ImportedLayer& layer = net.add_layer("scale", "", {in.layer}, in.shape);
  net.add_block(layer, "weights", {product(in.shape)}, std::move(factors));
  net.add_block(layer, "bias", {product(in.shape)}, std::move(shifts));
  net.give(node, {layer.name, in.shape, in.axes});
}

}  // namespace

void import_join(ImportState& net, const ReadNode& node) {
  if (net.is_value(node, 0) && net.is_value(node, 1)) return join_two(net, node);
  const std::size_t k = net.is_value(node, 0) ? 0 : 1;
  const ImportedConstant* const other = net.constant(node, 1 - k);
  if (!other) throw NoLayer{"reads neither a value of the network nor a constant of the file"};
  const ImportedValue in = net.value(node, k);
  const std::vector<double> c = spread(*other, in);
  if (node.op == "Add" && fuse_bias(net, node, k, in, c)) return;
  scale(net, node, k, in, c);
}

/// max(x, 0) and min(x, 6) are activations.
void import_bound(ImportState& net, const ReadNode& node) {
  const std::size_t k = net.is_value(node, 0) ? 0 : 1;
  const ImportedConstant* const bound = net.constant(node, 1 - k);
  if (node.inputs.size() != 2 || !bound || bound->values.size() != 1)
    throw NoLayer{"joins what is not a value of the network"};
  import_formula(net, node, k,
                 (node.op == "Max" ? "max(x, " : "min(x, ") + digits_of(bound->values[0]) + ")");
}

void import_power(ImportState& net, const ReadNode& node) {
  const ImportedConstant* const power = net.constant(node, 1);
  if (!power || power->values.size() != 1)
    throw NoLayer{"has powers that are not one constant of the file"};
  const double p = power->values[0];
  if (p == 0.5) return import_formula(net, node, 0, "sqrt(x)");
  if (!(p >= 1 && p <= 64 && p == std::floor(p)))
    throw NoLayer{"has the power " + digits_of(p) + "; nnrun reads whole ones and 0.5"};
  import_formula(net, node, 0, "x^" + digits_of(p));
}

void import_joins(ImportState& net, const ReadNode& node) {
  if (node.inputs.size() == 1) return import_same(net, node);
  const bool bounds = node.op == "Max" || node.op == "Min";
  if (bounds && !(net.is_value(node, 0) && net.is_value(node, 1))) return import_bound(net, node);
  if (node.op == "Min") throw NoLayer{"takes the smallest of values, which no layer does"};
  for (std::size_t k = 0; k < node.inputs.size(); ++k)
    if (!net.is_value(node, k)) throw NoLayer{"joins what is not a value of the network"};
  join_as(net, node, node.op == "Sum" ? "add" : node.op == "Mean" ? "average" : "maximum");
}

void import_prelu(ImportState& net, const ReadNode& node) {
  const ImportedValue in = net.value(node, 0);
  const ImportedConstant* const slope = net.constant(node, 1);
  if (!slope) throw NoLayer{"has slopes that are not constants of the file"};
  std::vector<double> slopes = spread(*slope, in);
  const ImportedLayer& layer = net.add_layer("prelu", "", {in.layer}, in.shape);
  net.add_block(layer, "slope", {product(in.shape)}, std::move(slopes));
  net.give(node, {layer.name, in.shape, in.axes});
}

/// What PyTorch makes of the last states of stacked recurrent layers.
void join_states(ImportState& net, const ReadNode& node) {
  std::vector<ImportedStateOfLayer> all;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    if (const auto* const states = net.states(node, k)) {
      all.insert(all.end(), states->begin(), states->end());
      continue;
    }
    ImportedValue own = net.value(node, k);
    if (own.axes != std::vector<int>{ImportedValue::one, ImportedValue::rows, 0})
      throw NoLayer{"joins along another axis than the channels"};
    own.axes.erase(own.axes.begin());
    all.push_back({std::move(own), ""});
  }
  net.give_states(node, 0, std::move(all));
}

void import_concat(ImportState& net, const ReadNode& node) {
  std::int64_t axis = Attributes(node).integer("axis", 1);
  if (axis == 0) return join_states(net, node);
  const ImportedValue first = net.value(node, 0);
  if (axis < 0) axis += static_cast<std::int64_t>(first.axes.size());
  std::vector<std::string> inputs;
  Sizes shape = first.shape;
  shape.back() = 0;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const ImportedValue& own = net.value(node, k);
    const bool fits = own.axes == first.axes && axis >= 0 &&
                      axis < static_cast<std::int64_t>(own.axes.size()) &&
                      own.axes[static_cast<std::size_t>(axis)] == own.last() &&
                      std::equal(own.shape.begin(), own.shape.end() - 1, shape.begin());
    if (!fits) throw NoLayer{"joins along another axis than the channels"};
    shape.back() += own.shape.back();
    inputs.push_back(own.layer);
  }
  const ImportedLayer& layer = net.add_layer("concatenate", "", inputs, shape);
  net.give(node, {layer.name, shape, first.axes});
}

}  // namespace nnrun::host
