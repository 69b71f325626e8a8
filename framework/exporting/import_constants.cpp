#include <algorithm>
#include <cmath>
#include <optional>

#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

/// Returns the numbers as a cast makes them.
ImportedConstant cast(ImportedConstant from, const ReadNode& node) {
  const std::int64_t to = Attributes(node).integer("to", 0);
  require_type(to);
  for (double& x : from.values) {
    if (to == OnnxTypes::float32) x = static_cast<double>(static_cast<float>(x));
    if (to == OnnxTypes::int32 || to == OnnxTypes::int64) x = std::trunc(x);
    if (to == OnnxTypes::boolean) x = x != 0;
  }
  return from;
}

/// Returns the axes that a node names, an attribute before opset 13, from 0 up.
Whole named_axes(ImportState& net, const ReadNode& node, std::size_t rank) {
  Whole axes = Attributes(node).ints("axes");
  if (const ImportedConstant* const given = net.constant(node, 1))
    axes.assign(given->values.begin(), given->values.end());
  for (std::int64_t& axis : axes)
    if (axis < 0) axis += static_cast<std::int64_t>(rank);
  std::ranges::sort(axes);
  return axes;
}

Sizes with_new_axes(ImportState& net, const ReadNode& node, Sizes shape) {
  const std::size_t given = node.inputs.size() > 1 && net.constant(node, 1)
                                ? net.constant(node, 1)->values.size()
                                : Attributes(node).ints("axes").size();
  for (const std::int64_t axis : named_axes(net, node, shape.size() + given)) {
    if (axis < 0 || axis > static_cast<std::int64_t>(shape.size()))
      throw NoLayer{"adds an axis that there cannot be"};
    shape.insert(shape.begin() + axis, 1);
  }
  return shape;
}

Sizes without_axes(ImportState& net, const ReadNode& node, const Sizes& shape) {
  const Whole axes = named_axes(net, node, shape.size());
  Sizes left;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    const bool named =
        axes.empty() ? shape[k] == 1 : std::ranges::count(axes, static_cast<std::int64_t>(k)) > 0;
    if (named && shape[k] != 1) throw NoLayer{"takes away an axis that is not of size 1"};
    if (!named) left.push_back(shape[k]);
  }
  return left;
}

/// Turns a matrix as `perm` says; nothing for other constants.
std::optional<ImportedConstant> turned(const ImportedConstant& from, const ReadNode& node) {
  if (from.shape.size() != 2) return std::nullopt;
  const Whole order = Attributes(node).ints("perm", {1, 0});
  if (order == Whole{0, 1}) return from;
  if (order != Whole{1, 0}) throw NoLayer{"has an impossible order of axes"};
  const std::size_t rows = from.shape[0], columns = from.shape[1];
  ImportedConstant to{{columns, rows}, {}};
  for (std::size_t c = 0; c < columns; ++c)
    for (std::size_t r = 0; r < rows; ++r) to.values.push_back(from.values[r * columns + c]);
  return to;
}

bool fold_constants(ImportState& net, const ReadNode& node) {
  const ImportedConstant* const first = net.constant(node, 0);
  if (!first) return false;
  if (node.op == "Expand" && net.is_zero(node, 0)) {
    net.give_zeros(node);
  } else if (node.op == "Identity") {
    net.give_constant(node, ImportedConstant(*first));
  } else if (node.op == "Cast") {
    net.give_constant(node, cast(*first, node));
  } else if (node.op == "Unsqueeze") {
    net.give_constant(node, {with_new_axes(net, node, first->shape), first->values});
  } else if (node.op == "Squeeze") {
    net.give_constant(node, {without_axes(net, node, first->shape), first->values});
  } else if (node.op == "Transpose") {
    std::optional<ImportedConstant> own = turned(*first, node);
    if (!own) return false;
    net.give_constant(node, std::move(*own));
  } else if (node.op == "Gather" && first->shape.size() == 1 && net.constant(node, 1)) {
    const ImportedConstant& places = *net.constant(node, 1);
    ImportedConstant taken{places.shape, {}};
    for (const double place : places.values) {
      const double at = place < 0 ? place + static_cast<double>(first->values.size()) : place;
      if (!(at >= 0 && at < static_cast<double>(first->values.size())))
        throw NoLayer{"takes a number that there is not"};
      taken.values.push_back(first->values[static_cast<std::size_t>(at)]);
    }
    net.give_constant(node, std::move(taken));
  } else if (node.op == "Concat" && first->shape.size() == 1) {
    ImportedConstant all{{0}, {}};
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      const ImportedConstant* const own = net.constant(node, k);
      if (!own) return false;
      all.values.insert(all.values.end(), own->values.begin(), own->values.end());
    }
    all.shape[0] = all.values.size();
    net.give_constant(node, std::move(all));
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool fold(ImportState& net, const ReadNode& node) {
  if (node.op == "Constant") {
    const ReadTensor* const tensor = Attributes(node).tensor("value");
    if (tensor) {
      net.give_constant(node, {tensor->shape, tensor->numbers()});
    } else {
      const Attributes own(node);
      const Whole ints = own.ints("value_ints", own.ints("value_int"));
      std::vector<double> values(ints.begin(), ints.end());
      for (const char* const name : {"value_floats", "value_float"})
        for (const float x : own.numbers(name)) values.push_back(static_cast<double>(x));
      if (values.empty()) throw NoLayer{"is a constant of an unknown form"};
      const bool is_one =
          node.attributes.contains("value_int") || node.attributes.contains("value_float");
      const Sizes shape = is_one ? Sizes{} : Sizes{values.size()};
      net.give_constant(node, {shape, std::move(values)});
    }
    return true;
  }
  if (node.op == "ConstantOfShape") {
    const ReadTensor* const tensor = Attributes(node).tensor("value");
    if (tensor && tensor->numbers() != std::vector<double>{0}) return false;
    net.give_zeros(node);
    return true;
  }
  if (node.op == "Shape" && net.is_value(node, 0)) {
    ImportedConstant sizes{{net.value(node, 0).axes.size()}, {}};
    for (const int axis : net.value(node, 0).axes)  // 0 of Reshape keeps the number of rows
      sizes.values.push_back(
          axis == ImportedValue::rows ? 0
          : axis == ImportedValue::one
              ? 1
              : static_cast<double>(net.value(node, 0).shape[static_cast<std::size_t>(axis)]));
    net.give_constant(node, std::move(sizes));
    return true;
  }
  if (node.op == "Slice" && net.is_zero(node, 0)) {
    net.give_zeros(node);
    return true;
  }
  if (node.inputs.empty() || net.is_value(node, 0)) return false;
  return fold_constants(net, node);
}

}  // namespace nnrun::host
