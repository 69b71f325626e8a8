// What is done to a row before the network sees it, and to its outputs, as nodes of ONNX.
#pragma once
#include "exporting/exported_network.hpp"
#include "exporting/onnx_value.hpp"
namespace nnrun::host {

/// Rows as the network takes them.
struct OnnxRows {
  OnnxValue value;
  std::string refused;  ///< which of them `predict` would refuse: truths, one a row
};
/// Adds the inputs of the graph and returns the network's. A row of numbers is one input, `input`;
/// where the table has texts, each of its columns is an input of that name.
OnnxRows onnx_preparation(OnnxGraph& graph, const ExportedNetwork& net);
/// Adds the outputs of the graph: `output`, and of classes the name of the likeliest, `class`. Of
/// refused rows they are NaN, and the empty text: a layer may lose a NaN on the way.
void onnx_answer(OnnxGraph& graph, const ExportedNetwork& net, const std::string& refused,
                 OnnxValue& last);

}  // namespace nnrun::host
