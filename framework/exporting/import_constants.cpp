#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

bool fold_constants(ImportState& net, const ReadNode& node) {
  const ImportedConstant* const first = net.constant(node, 0);
  if (!first) return false;
  if (node.op == "Identity" || node.op == "Cast") {
    net.give_constant(node, ImportedConstant(*first));
  } else if (node.op == "Unsqueeze" || node.op == "Squeeze") {
    if (first->values.size() > 1 && first->shape.size() > 1) return false;
    net.give_constant(node, {{first->values.size()}, first->values});
  } else if (node.op == "Transpose" && first->shape.size() == 2) {
    const std::size_t rows = first->shape[0], columns = first->shape[1];
    ImportedConstant turned{{columns, rows}, {}};
    for (std::size_t c = 0; c < columns; ++c)
      for (std::size_t r = 0; r < rows; ++r)
        turned.values.push_back(first->values[r * columns + c]);
    net.give_constant(node, std::move(turned));
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
      const Whole ints = Attributes(node).ints("value_ints", Attributes(node).ints("value_int"));
      if (ints.empty()) throw NoLayer{"is a constant of an unknown form"};
      net.give_constant(node, {{ints.size()}, {ints.begin(), ints.end()}});
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
  if (node.inputs.empty() || net.is_value(node, 0)) return false;
  return fold_constants(net, node);
}

}  // namespace nnrun::host
