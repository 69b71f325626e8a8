#include "exporting/digits.hpp"
#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

void add_features(ImportState& net, const ReadNode& node, std::size_t k, const ImportedLayer& layer,
                  const char* name) {
  const ImportedConstant& own = net.weights(node, k, 1);
  if (own.values.size() != layer.shape.back())
    throw NoLayer{"has " + n(own.values.size()) + " numbers for " + n(layer.shape.back()) +
                  " channels"};
  net.add_block(layer, name, {own.values.size()}, own.values);
}

}  // namespace

void import_batch_norm(ImportState& net, const ReadNode& node) {
  const ImportedValue in = net.value(node, 0);
  if (Attributes(node).integer("training_mode", 0) != 0)
    throw NoLayer{"learns averages, as in training: export the network for use"};
  if (in.axes.size() < 2 || in.axes[1] != in.last())
    throw NoLayer{"does not see channels along axis 1"};
  ImportedLayer& layer = net.add_layer(
      "batch_norm", ", epsilon: " + digits_of(Attributes(node).number("epsilon", 1e-5)), {in.layer},
      in.shape);
  const char* const names[] = {"gamma", "beta", "moving_mean", "moving_variance"};
  for (std::size_t k = 0; k < 4; ++k) add_features(net, node, k + 1, layer, names[k]);
  net.add_block(layer, "moving_weight", {1}, {1});
  net.give(node, {layer.name, in.shape, in.axes});
}

void import_layer_norm(ImportState& net, const ReadNode& node) {
  const ImportedValue in = net.value(node, 0);
  const std::int64_t axis = Attributes(node).integer("axis", -1);
  const bool last = axis == -1 || axis + 1 == static_cast<std::int64_t>(in.axes.size());
  if (!last || in.axes.back() != in.last()) throw NoLayer{"is not over the last axis alone"};
  ImportedLayer& layer = net.add_layer(
      "layer_norm", ", epsilon: " + digits_of(Attributes(node).number("epsilon", 1e-5)), {in.layer},
      in.shape);
  const char* const names[] = {"gamma", "beta"};
  for (std::size_t k = 0; k < 2; ++k) {
    const bool given = node.inputs.size() > k + 1 && !node.inputs[k + 1].empty();
    if (given)
      add_features(net, node, k + 1, layer, names[k]);
    else
      net.add_block(layer, names[k], {in.shape.back()},
                    std::vector<double>(in.shape.back(), k == 0 ? 1 : 0));
  }
  net.give(node, {layer.name, in.shape, in.axes});
}

}  // namespace nnrun::host
