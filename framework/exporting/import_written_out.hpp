// Activations and normalizations that a file writes out as several nodes, because its version of
// ONNX has no operator for them.
#pragma once
#include <vector>

#include "exporting/onnx_reader.hpp"
namespace nnrun::host {

/// Returns the nodes of a file. The last node of what is written out becomes one of the operator
/// that later versions of ONNX have: Gelu, Swish, Mish or LayerNormalization. The nodes before it
/// stay, for what else may read them.
std::vector<ReadNode> nodes_with_activations(const ReadOnnx& file);

}  // namespace nnrun::host
