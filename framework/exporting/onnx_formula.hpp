// A formula as nodes of ONNX, operation by operation.
#pragma once
#include <string>
#include <vector>

#include "exporting/onnx_graph.hpp"
#include "network/formula.hpp"
namespace nnrun::host {

/// Returns the value that a formula makes of these. Rows lie along the last axis. Functions that
/// ONNX lacks, or that its runtimes have in float32 alone or less exactly, are put together from
/// others.
std::string onnx_formula(OnnxGraph& graph, const Formula& formula,
                         const std::vector<std::string>& inputs);

}  // namespace nnrun::host
