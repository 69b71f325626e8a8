// The named operations of exported networks as nodes of ONNX.
#pragma once
#include <string>
#include <vector>

#include "exporting/exported_network.hpp"
#include "exporting/onnx_value.hpp"
namespace nnrun::host {

/// Writes the steps of a network, one after the other.
class OnnxLayers {
 public:
  /// blocks: the names of a step's blocks, which are tensors of the graph.
  OnnxLayers(OnnxGraph& graph, const ExportedStep& step, std::vector<OnnxValue*> inputs,
             std::vector<std::string> blocks)
      : graph_(graph), step_(step), in_(std::move(inputs)), blocks_(std::move(blocks)) {}

  /// Returns what the step gives.
  OnnxValue value();

 private:
  OnnxValue formula();
  OnnxValue dense();
  OnnxValue convolution();
  OnnxValue transposed();
  OnnxValue pooling();
  OnnxValue embedding();

  bool formula_runs_channels_first() const;
  std::string weights() const { return blocks_[0]; }
  /// Returns the input of windows, as ONNX wants it.
  std::string image() { return in_[0]->in(OnnxValue::Order::channels_first, graph_); }

  OnnxGraph& graph_;
  const ExportedStep& step_;
  std::vector<OnnxValue*> in_;
  std::vector<std::string> blocks_;
};

/// Returns what a step of copies gives.
OnnxValue onnx_moves(OnnxGraph& graph, const ExportedStep& step,
                     const std::vector<OnnxValue*>& inputs);
/// Returns what a recurrent step gives. Throws std::invalid_argument that says what has no
/// operator.
OnnxValue onnx_recurrent(OnnxGraph& graph, const ExportedStep& step, OnnxValue& input,
                         const std::vector<std::string>& blocks);

}  // namespace nnrun::host
