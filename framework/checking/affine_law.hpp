// One example through a layer and its activation in one call is that example through both.
#pragma once
#include "checking/law.hpp"
namespace nnrun::host {

/// Tries what an activation does together with a layer, with layers of some sizes: outputs and all
/// slopes have the bits that the layer's kernels and its own two functions give.
Finding affine_activation_law(const Subject& subject);
/// Tries a layer that says it is `affine`, which lets an activation do its part.
Finding affine_layer_law(const Subject& subject);

}  // namespace nnrun::host
