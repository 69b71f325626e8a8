#include "exporting/digits.hpp"
#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

/// Adds a dense layer of weights that are inputs × units, or units × inputs.
ImportedLayer& dense(ImportState& net, const ReadNode& node, const ImportedConstant& w, bool turned,
                     double factor) {
  const ImportedValue in = net.value(node, 0);
  if (in.axes.empty() || in.axes[0] != ImportedValue::rows || in.axes.back() != in.last())
    throw NoLayer{"does not work along the last axis of rows"};
  const std::size_t inputs = w.shape[turned ? 1 : 0], units = w.shape[turned ? 0 : 1];
  if (units == 0) throw NoLayer{"has weights of no units"};
  if (inputs != in.shape.back())
    throw NoLayer{"takes " + n(inputs) + " numbers, but is given " + n(in.shape.back())};
  Sizes shape = in.shape;
  shape.back() = units;
  ImportedLayer& layer = net.add_layer(
      "dense", ", units: " + n(units) + (in.is_row() ? "" : ", axis: last"), {in.layer}, shape);
  std::vector<double> values(w.values.size());
  for (std::size_t u = 0; u < units; ++u)
    for (std::size_t i = 0; i < inputs; ++i)
      values[u * inputs + i] = factor * w.values[turned ? u * inputs + i : i * units + u];
  net.add_block(layer, "weights", {units, inputs}, std::move(values));
  net.give(node, {layer.name, shape, in.axes});
  return layer;
}

}  // namespace

void import_gemm(ImportState& net, const ReadNode& node) {
  const Attributes own(node);
  if (own.integer("transA", 0) != 0) throw NoLayer{"turns its input round (transA)"};
  const ImportedConstant& w = net.weights(node, 1, 2);
  const double alpha = own.number("alpha", 1), beta = own.number("beta", 1);
  const bool turned = own.integer("transB", 0) != 0;
  ImportedLayer& layer = dense(net, node, w, turned, alpha);
  const ImportedConstant* const b = net.constant(node, 2);
  if (node.inputs.size() > 2 && !node.inputs[2].empty() && !b)
    throw NoLayer{"has a bias that is not a constant of the file"};
  layer.takes_bias = !b;
  if (b) net.add_bias(layer, *b, beta);
}

void import_matmul(ImportState& net, const ReadNode& node) {
  if (!net.is_value(node, 0)) throw NoLayer{"multiplies a constant by a value of the network"};
  if (net.is_value(node, 1))
    throw NoLayer{"multiplies two values of the network as matrices, which no layer does"};
  const ImportedConstant* const given = net.constant(node, 1);
  if (!given) throw NoLayer{"has weights that are not constants of the file"};
  ImportedConstant w = *given;
  if (w.shape.size() == 1)
    throw NoLayer{"multiplies by one vector, which takes the last axis away; give it sizes n x 1"};
  while (w.shape.size() > 2 && w.shape.front() == 1 &&
         w.shape.size() <= net.value(node, 0).axes.size())
    w.shape.erase(w.shape.begin());  // the same weights for all
  if (w.shape.size() > 2)
    throw NoLayer{"multiplies by a matrix of its own for each place, which no layer does"};
  dense(net, node, w, false, 1).takes_bias = true;
}

}  // namespace nnrun::host
