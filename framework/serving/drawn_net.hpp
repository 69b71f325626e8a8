// Which parts of a network a page draws: every unit of small layers with its weights, large layers
// as a block.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "network/graph.hpp"
namespace nnrun::host {

struct DrawnLayer {
  std::size_t node;
  std::vector<int> from;  ///< layers before it; data_input: the data
  std::size_t units = 0;  ///< that are drawn one by one; 0: it is a block
  /// Index in Graph::blocks of the weights, units × inputs, and of the biases, if both sides of the
  /// weights are drawn.
  std::optional<std::size_t> weights{}, bias{};
  std::vector<std::size_t> blocks{};  ///< of all its parameters
};

struct DrawnNet {
  std::size_t inputs = 0;  ///< that are drawn one by one; 0: they are a block
  std::vector<DrawnLayer> layers;
  std::size_t units() const;  ///< of all layers, without the inputs
};

DrawnNet drawn_net(const Graph& graph);

/// Returns what a page is told of the layers once.
nlohmann::ordered_json layers_json(const DrawnNet& net, const Graph& graph);

}  // namespace nnrun::host
