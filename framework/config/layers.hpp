// model.layers and model.defaults: every layer with all that applies to it.
#pragma once
#include "config/experiment.hpp"
#include "config/fields.hpp"
namespace nnrun::host {

std::vector<LayerSpec> read_layers(Fields& model, const Registry& registry, Problems& problems);

}  // namespace nnrun::host
