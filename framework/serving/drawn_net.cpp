#include "serving/drawn_net.hpp"

#include <nlohmann/json.hpp>
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_units = 12, most_layers = 8, most_links = 400;

std::size_t count_before(const DrawnNet& net, const DrawnLayer& layer) {
  if (layer.from.size() != 1) return 0;
  return layer.from[0] == data_input ? net.inputs
                                     : net.layers[static_cast<std::size_t>(layer.from[0])].units;
}

/// Finds the weights of a layer whose lines are drawn.
void add_lines(const DrawnNet& net, DrawnLayer& layer, const std::vector<NamedBlock>& blocks) {
  const std::size_t before = count_before(net, layer);
  if (layer.units == 0 || before == 0 || before * layer.units > most_links) return;
  for (const std::size_t at : layer.blocks) {
    const nnrun_block& block = *blocks[at].block;
    const nnrun_shape& shape = block.shape;
    if (block.role == NNRUN_WEIGHTS && shape.rank == 2 && shape.sizes[0] == layer.units &&
        shape.sizes[1] == before)
      layer.weights = at;
    if (block.role == NNRUN_BIAS && shape.rank == 1 && shape.sizes[0] == layer.units)
      layer.bias = at;
  }
  if (!layer.weights) layer.bias.reset();
}

}  // namespace

std::size_t DrawnNet::units() const {
  std::size_t count = 0;
  for (const DrawnLayer& layer : layers) count += layer.units;
  return count;
}

DrawnNet drawn_net(const Graph& graph) {
  const std::vector<NamedBlock> blocks = graph.blocks();
  DrawnNet net;
  const bool few_layers = graph.nodes.size() <= most_layers;
  if (graph.input_cols <= most_units) net.inputs = graph.input_cols;
  for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
    const Node& node = graph.nodes[k];
    DrawnLayer layer{.node = k, .from = node.inputs};
    if (few_layers && node.cols <= most_units) layer.units = node.cols;
    for (std::size_t b = 0; b < blocks.size(); ++b)
      if (blocks[b].node == &node) layer.blocks.push_back(b);
    add_lines(net, layer, blocks);
    net.layers.push_back(std::move(layer));
  }
  return net;
}

Json layers_json(const DrawnNet& net, const Graph& graph) {
  const std::vector<NamedBlock> blocks = graph.blocks();
  Json layers = Json::array();
  for (const DrawnLayer& layer : net.layers) {
    const Node& node = graph.nodes[layer.node];
    Json from = Json::array();
    for (const int input : layer.from) from.push_back(input);
    layers.push_back(
        {{"name", node.name},
         {"type", node.layer.plugin().name},
         {"activation", node.activation ? Json(node.activation.plugin().name) : Json()},
         {"shape", text_of(node.plan.out)},
         {"parameters", node.plan.n_blocks > 0},
         {"from", std::move(from)},
         {"units", layer.units},
         {"weights", layer.weights ? Json(blocks[*layer.weights].name) : Json()},
         {"bias", layer.bias ? Json(blocks[*layer.bias].name) : Json()}});
  }
  return layers;
}

}  // namespace nnrun::host
