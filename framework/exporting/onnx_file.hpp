// A trained network as an ONNX file of opset 17, for every runtime that reads these.
#pragma once
#include <string>
#include <vector>

#include "exporting/exported_network.hpp"
#include "network/safetensors.hpp"
namespace nnrun::host {

/// Returns the bytes of the file. metadata: of the model, which the file repeats with `nnrun.`
/// before its keys; import begins with it. Throws PluginError that names every step that no
/// operator of ONNX stands for.
std::string onnx_file(const ExportedNetwork& net, const Metadata& metadata);

/// Returns the layers that onnxruntime does not run in the precision of the network.
std::vector<std::string> layers_without_onnxruntime(const ExportedNetwork& net);

}  // namespace nnrun::host
