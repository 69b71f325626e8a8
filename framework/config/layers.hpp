// model.layers and model.defaults: every layer with all that applies to it.
#pragma once
#include "config/experiment.hpp"
#include "config/fields.hpp"
namespace nnrun::host {

/// layers: the value of model.layers, which `model` has been asked for; nullptr where there is
/// none.
std::vector<LayerSpec> read_layers(const ConfigNode* layers, Fields& model,
                                   const Registry& registry, Problems& problems);

}  // namespace nnrun::host
