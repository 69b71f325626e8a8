// `model.weights`: which numbers a network starts from.
#pragma once
#include "config/experiment.hpp"
#include "config/problems.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

/// Returns what is written: a file, or a map of a file and layers. The folder of a run stands for
/// its model.
WeightsSpec read_weights(const ConfigNode& node, Problems& problems);
/// Reports names that no layer has.
void require_layers(const WeightsSpec& weights, const std::vector<LayerSpec>& layers,
                    Problems& problems);

/// Returns the file alone if it is taken whole, else a map; both read back to the same.
ConfigNode node_of(const WeightsSpec& weights);

}  // namespace nnrun::host
