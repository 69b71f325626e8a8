#include <algorithm>
#include <set>

#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

ImportedValue flattened(ImportState& net, const ImportedValue& in) {
  if (in.axes.empty() || in.axes[0] != ImportedValue::rows)
    throw NoLayer{"flattens what does not begin with rows"};
  if (in.is_row()) return {in.layer, in.shape, plain_axes(1)};
  const Sizes shape{product(in.shape)};
  std::string settings;
  if (!in.is_in_order()) {
    if (!in.has_channels_first()) throw NoLayer{"flattens numbers in an order that nnrun lacks"};
    settings = ", order: channels_first";
  }
  const ImportedLayer& layer = net.add_layer("flatten", settings, {in.layer}, shape);
  return {layer.name, shape, plain_axes(1)};
}

/// Joins the sizes behind steps and rows, which both directions of a recurrent layer have.
bool joined_directions(ImportState& net, const ReadNode& node, const ImportedValue& in,
                       const std::vector<double>& given) {
  if (in.axes != std::vector<int>{0, ImportedValue::rows, 1, 2} || given.size() != 3) return false;
  const std::size_t width = in.shape[1] * in.shape[2];
  const auto is = [&](std::size_t k, double size) { return given[k] == size; };
  if (!(is(0, 0) || is(0, static_cast<double>(in.shape[0]))) || !(is(1, 0) || is(1, -1)) ||
      !(is(2, -1) || is(2, static_cast<double>(width))))
    return false;
  const Sizes shape{in.shape[0], width};
  const ImportedLayer& layer = net.add_layer(
      "reshape", ", shape: " + list_of({shape.begin(), shape.end()}), {in.layer}, shape);
  net.give(node, {layer.name, shape, {0, ImportedValue::rows, 1}});
  return true;
}

/// Returns the sizes of a row. The first size is how many rows there are: 0, 1 or -1.
Sizes row_shape(const std::vector<double>& given, const ImportedValue& in) {
  const std::size_t all = product(in.shape);
  if (given[0] != 0 && given[0] != -1 && given[0] != 1) throw NoLayer{"does not keep rows apart"};
  Sizes shape;
  std::size_t open = given.size(), known = 1;
  for (std::size_t k = 1; k < given.size(); ++k) {
    double size = given[k];
    if (size == 0 && k < in.axes.size())
      size =
          in.axes[k] < 0 ? 1 : static_cast<double>(in.shape[static_cast<std::size_t>(in.axes[k])]);
    if (size == -1 && open == given.size()) open = k - 1, size = 1;
    if (!(size >= 1) || size > static_cast<double>(all)) throw NoLayer{"makes impossible sizes"};
    shape.push_back(static_cast<std::size_t>(size));
    known *= shape.back();
    if (known > all) throw NoLayer{"makes more numbers than there are"};
  }
  if (shape.empty()) throw NoLayer{"makes rows without a size"};
  if (open < shape.size()) shape[open] = all / known, known *= shape[open];
  if (known != all) throw NoLayer{"makes another number of numbers"};
  return shape;
}

/// Returns a value without sizes of its layer, each of which is 1.
ImportedValue without_sizes(ImportState& net, const ImportedValue& in,
                            const std::vector<int>& taken) {
  if (taken.empty()) return in;
  const auto before = [&](int axis) {
    return static_cast<int>(std::ranges::count_if(taken, [&](int t) { return t < axis; }));
  };
  Sizes shape;
  for (int axis = 0; axis <= in.last(); ++axis)
    if (std::ranges::count(taken, axis) == 0)
      shape.push_back(in.shape[static_cast<std::size_t>(axis)]);
  std::vector<int> axes = in.axes;
  for (int& axis : axes)
    if (axis >= 0) axis -= before(axis);
  return net.reshaped(in, shape, std::move(axes));
}

}  // namespace

void import_flatten(ImportState& net, const ReadNode& node) {
  if (Attributes(node).integer("axis", 1) != 1) throw NoLayer{"flattens from another axis than 1"};
  net.give(node, flattened(net, net.value(node, 0)));
}

void import_reshape(ImportState& net, const ReadNode& node) {
  const ImportedValue in = net.value(node, 0);
  const ImportedConstant* const given = net.constant(node, 1);
  if (!given) throw NoLayer{"takes sizes that are not constants of the file"};
  if (given->values.empty() || given->values.size() > 5)
    throw NoLayer{"makes rows of no size, or of more than 4"};
  if (joined_directions(net, node, in, given->values)) return;
  const Sizes shape = row_shape(given->values, in);
  if (in.axes[0] != ImportedValue::rows) throw NoLayer{"does not begin with rows"};
  if (shape.size() == 1) return net.give(node, flattened(net, in));
  ImportedValue from = in;
  if (!in.is_in_order()) from = flattened(net, in);
  if (from.shape == shape) return net.give(node, {from.layer, shape, plain_axes(shape.size())});
  Whole sizes(shape.begin(), shape.end());
  const ImportedLayer& layer =
      net.add_layer("reshape", ", shape: " + list_of(sizes), {from.layer}, shape);
  net.give(node, {layer.name, shape, plain_axes(shape.size())});
}

void import_squeeze(ImportState& net, const ReadNode& node) {
  ImportedValue in = net.value(node, 0);
  const ImportedConstant* const given = net.constant(node, 1);
  Whole axes = Attributes(node).ints("axes");
  if (given) axes.assign(given->values.begin(), given->values.end());
  std::vector<int> left, taken;
  for (std::size_t k = 0; k < in.axes.size(); ++k) {
    const auto at = static_cast<std::int64_t>(k), rank = static_cast<std::int64_t>(in.axes.size());
    const bool named = axes.empty() ? in.axes[k] == ImportedValue::one
                                    : std::ranges::find(axes, at) != axes.end() ||
                                          std::ranges::find(axes, at - rank) != axes.end();
    const bool is_one = in.axes[k] == ImportedValue::one ||
                        (in.axes[k] >= 0 && in.shape[static_cast<std::size_t>(in.axes[k])] == 1);
    if (named && !is_one) throw NoLayer{"takes away an axis that is not of size 1"};
    if (!named) left.push_back(in.axes[k]);
    if (named && in.axes[k] >= 0) taken.push_back(in.axes[k]);
  }
  in.axes = left;
  net.give(node, taken.size() < in.shape.size() ? without_sizes(net, in, taken) : in);
}

void import_unsqueeze(ImportState& net, const ReadNode& node) {
  ImportedValue in = net.value(node, 0);
  Whole axes = Attributes(node).ints("axes");
  if (const ImportedConstant* const given = net.constant(node, 1))
    axes.assign(given->values.begin(), given->values.end());
  const auto rank = static_cast<std::int64_t>(in.axes.size() + axes.size());
  for (std::int64_t& axis : axes)
    if (axis < 0) axis += rank;
  std::ranges::sort(axes);
  for (const std::int64_t axis : axes) {
    if (axis < 0 || axis > static_cast<std::int64_t>(in.axes.size()) || rank > 8)
      throw NoLayer{"adds an axis that there cannot be"};
    in.axes.insert(in.axes.begin() + axis, ImportedValue::one);
  }
  net.give(node, in);
}

void import_transpose(ImportState& net, const ReadNode& node) {
  ImportedValue in = net.value(node, 0);
  Whole places = Attributes(node).ints("perm");
  if (places.empty())
    for (std::size_t k = in.axes.size(); k-- > 0;) places.push_back(static_cast<std::int64_t>(k));
  std::vector<int> axes;
  std::set<std::int64_t> seen;
  for (const std::int64_t place : places) {
    if (place < 0 || place >= static_cast<std::int64_t>(in.axes.size()) ||
        !seen.insert(place).second)
      throw NoLayer{"has an impossible order of axes"};
    axes.push_back(in.axes[static_cast<std::size_t>(place)]);
  }
  if (axes.size() != in.axes.size()) throw NoLayer{"has an order of other axes"};
  in.axes = axes;
  net.give(node, in);
}

void import_cast(ImportState& net, const ReadNode& node) {
  const std::int64_t to = Attributes(node).integer("to", 0);
  if (to != OnnxTypes::float32 && to != OnnxTypes::float64)
    throw NoLayer{"makes other numbers than float32 or float64 of what the network works out"};
  import_same(net, node);
}

void import_dropout(ImportState& net, const ReadNode& node) {
  const bool given = node.inputs.size() > 2 && !node.inputs[2].empty();
  const ImportedConstant* const training = net.constant(node, 2);
  if (given && (!training || training->values != std::vector<double>{0}))
    throw NoLayer{"drops numbers by chance, as in training: export the network for use"};
  import_same(net, node);
}

void require_type(std::int64_t type) {
  if (type != OnnxTypes::float32 && type != OnnxTypes::float64 && type != OnnxTypes::int32 &&
      type != OnnxTypes::int64 && type != OnnxTypes::boolean)
    throw NoLayer{"makes numbers of a type that nnrun does not read"};
}

void import_same(ImportState& net, const ReadNode& node) {
  net.give(node, net.value(node, 0));
}

}  // namespace nnrun::host
