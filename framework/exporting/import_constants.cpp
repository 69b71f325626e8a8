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

/// Returns rows of a constant, one after the other or backwards; nothing for other parts of it.
std::optional<ImportedConstant> part(ImportState& net, const ReadNode& node,
                                     const ImportedConstant& from) {
  const Attributes own(node);
  const auto number = [&](std::size_t k, const char* name,
                          double missing) -> std::optional<double> {
    const ImportedConstant* const given = net.constant(node, k);
    if (given) return given->values.size() == 1 ? std::optional(given->values[0]) : std::nullopt;
    if (node.inputs.size() > k && !node.inputs[k].empty()) return std::nullopt;
    return static_cast<double>(own.integer(name, static_cast<std::int64_t>(missing)));
  };
  if (from.shape.empty() || from.shape[0] == 0) return std::nullopt;
  const auto size = static_cast<double>(from.shape[0]);
  const auto start = number(1, "starts", 0), end = number(2, "ends", size),
             axis = number(3, "axes", 0), step = number(4, "steps", 1);
  if (!start || !end || axis != 0 || !(step == 1 || step == -1)) return std::nullopt;
  const bool back = step == -1;
  const auto place = [&](double at) { return at < 0 ? at + size : at; };
  const double first = std::clamp(place(*start), 0., back ? size - 1 : size),
               behind = std::clamp(place(*end), back ? -1. : 0., back ? size - 1 : size);
  const std::size_t width = from.values.size() / from.shape[0];
  ImportedConstant out{from.shape, {}};
  out.shape[0] = 0;
  for (double row = first; back ? row > behind : row < behind; row += *step, ++out.shape[0]) {
    const auto begin =
        from.values.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(row) * width);
    out.values.insert(out.values.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return out;
}

/// Returns a constant in other sizes, of which one may be open; nothing if they do not fit.
std::optional<ImportedConstant> in_sizes(const ImportedConstant& from,
                                         const std::vector<double>& sizes) {
  ImportedConstant out{{}, from.values};
  std::size_t known = 1, open = sizes.size();
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    if (sizes[k] == -1) open = k;
    if (sizes[k] == 0 && k >= from.shape.size()) return std::nullopt;
    const double size = sizes[k] == -1  ? 1
                        : sizes[k] == 0 ? static_cast<double>(from.shape[k])
                                        : sizes[k];
    if (!(size >= 1 && size <= static_cast<double>(from.values.size()))) return std::nullopt;
    out.shape.push_back(static_cast<std::size_t>(size));
    known *= out.shape.back();
    if (known > from.values.size()) return std::nullopt;
  }
  if (open < sizes.size()) out.shape[open] = from.values.size() / known;
  if (product(out.shape) != from.values.size()) return std::nullopt;
  return out;
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
  } else if (node.op == "Slice") {
    std::optional<ImportedConstant> own = part(net, node, *first);
    if (!own) return false;
    net.give_constant(node, std::move(*own));
  } else if (node.op == "Reshape" && net.constant(node, 1)) {
    std::optional<ImportedConstant> own = in_sizes(*first, net.constant(node, 1)->values);
    if (!own) return false;
    net.give_constant(node, std::move(*own));
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
    const ImportedConstant* const sizes = net.constant(node, 0);
    constexpr double most = 1000;  // of a list of pads, say; else it is enough that they are zeros
    if (sizes && sizes->values.size() == 1 && sizes->values[0] >= 1 && sizes->values[0] <= most) {
      const auto size = static_cast<std::size_t>(sizes->values[0]);
      net.give_constant(node, {{size}, std::vector<double>(size)});
    } else {
      net.give_zeros(node);
    }
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
  if (node.op == "Slice" && net.is_zero(node, 0) && !net.constant(node, 0)) {
    net.give_zeros(node);
    return true;
  }
  if (node.inputs.empty() || net.is_value(node, 0)) return false;
  return fold_constants(net, node);
}

}  // namespace nnrun::host
