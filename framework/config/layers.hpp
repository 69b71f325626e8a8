// model.layers and model.defaults: every layer with the defaults that apply to it.
#pragma once
#include "config/experiment.hpp"
#include "config/fields.hpp"
namespace nnrun::host {

/// layers: the value of model.layers, already taken from `model`; nullptr if the key is absent.
std::vector<LayerSpec> read_layers(const ConfigNode* layers, Fields& model,
                                   const Registry& registry, Problems& problems);

}  // namespace nnrun::host
