#include <algorithm>
#include <cmath>

#include "exporting/digits.hpp"
#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_constants = std::size_t{1} << 24;  // that are written out for a layer

/// Returns the sizes of a value along the axes of a larger one, in the order of its layer: where
/// ONNX would repeat a number, 1.
Sizes sizes_along(const ImportedValue& own, const ImportedValue& large) {
  const NoLayer not_spread{"joins values of sizes that no layer spreads to those of one"};
  if (own.axes.size() > large.axes.size()) throw not_spread;
  Sizes sizes(large.shape.size(), 1);
  std::vector<int> from(large.shape.size(), ImportedValue::one);
  const std::size_t skipped = large.axes.size() - own.axes.size();
  for (std::size_t k = 0; k < large.axes.size(); ++k) {
    const int axis = k < skipped ? ImportedValue::one : own.axes[k - skipped], to = large.axes[k];
    if ((axis == ImportedValue::rows) != (to == ImportedValue::rows)) throw not_spread;
    const std::size_t size = axis < 0 ? 1 : own.shape[static_cast<std::size_t>(axis)];
    if (size == 1) continue;
    if (to < 0 || large.shape[static_cast<std::size_t>(to)] != size) throw not_spread;
    sizes[static_cast<std::size_t>(to)] = size;
    from[static_cast<std::size_t>(to)] = axis;
  }
  std::erase(from, ImportedValue::one);
  if (!std::ranges::is_sorted(from)) throw not_spread;
  return sizes;
}

/// Returns a value whose numbers are repeated to the sizes of a larger one.
ImportedValue spread_to(ImportState& net, const ImportedValue& own, const ImportedValue& large) {
  if (own.shape == large.shape && own.axes == large.axes) return own;
  const Sizes sizes = sizes_along(own, large);
  const auto is_repeated = [](std::size_t size) { return size == 1; };
  const auto begin = std::ranges::find_if_not(sizes, is_repeated) - sizes.begin();
  const auto end =
      std::find_if_not(sizes.rbegin(), sizes.rend() - begin, is_repeated).base() - sizes.begin();
  const auto is_same = [&](std::ptrdiff_t k) {
    return sizes[static_cast<std::size_t>(k)] == large.shape[static_cast<std::size_t>(k)];
  };
  for (std::ptrdiff_t k = begin; k < end; ++k)
    if (!is_same(k))
      throw NoLayer{"repeats a value along an axis between others, as no layer does"};
  const auto product_of = [&](std::ptrdiff_t from, std::ptrdiff_t to) {
    return product({large.shape.begin() + from, large.shape.begin() + to});
  };
  const std::size_t before = product_of(0, begin), behind = product_of(end, std::ssize(sizes));
  std::size_t all = product_of(begin, end);
  std::string layer = own.layer;
  if (!own.is_row()) layer = net.add_layer("flatten", "", {layer}, {all}).name;
  const auto repeat = [&](std::size_t times) {
    layer = net.add_layer("repeat_vector", ", n: " + n(times), {layer}, {times, all}).name;
  };
  if (behind > 1) {
    repeat(behind);
    all *= behind;
    layer = net.add_layer("flatten", ", order: channels_first", {layer}, {all}).name;
  }
  if (before > 1) repeat(before);
  const Sizes now = before > 1 ? Sizes{before, all} : Sizes{all};
  ImportedValue out{layer, now, large.axes};
  return now == large.shape ? out : net.reshaped(out, large.shape, large.axes);
}

void join_as(ImportState& net, const ReadNode& node, const std::string& type) {
  ImportedValue first = net.value(node, 0);
  for (std::size_t k = 1; k < node.inputs.size(); ++k)
    if (const ImportedValue& own = net.value(node, k); product(own.shape) > product(first.shape))
      first = own;
  std::vector<std::string> layers;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const ImportedValue own = spread_to(net, net.value(node, k), first);
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
