// Which numbers of a file a network takes.
#pragma once
#include <string>
#include <vector>

#include "network/graph.hpp"
#include "network/safetensors.hpp"
namespace nnrun::host {

/// A block of the network and the tensor that has its numbers.
struct TakenBlock {
  NamedBlock block;
  const Tensor* tensor;
};

/// Returns which number is not finite in this precision; empty if all are.
std::string not_finite(const std::string& name, std::span<const double> numbers, Dtype dtype);

/// Returns whether a layer starts from the file that `model.weights` names.
bool is_taken(const WeightsSpec& weights, const std::string& layer);

/// Returns every block of the network. Throws ConfigError at `place` unless the file has exactly
/// these, each in its shape and with numbers that are finite in this precision. What a preparation
/// adds to a model is ignored.
std::vector<TakenBlock> all_blocks(const TensorFile& file, const Graph& graph, Dtype dtype,
                                   const Place& place);
/// Returns the blocks of the layers that `model.weights` takes. Throws ConfigError at that key, or
/// at the name of the layer, unless the file has them; what else it has does not matter, unless it
/// is taken whole.
std::vector<TakenBlock> taken_blocks(const TensorFile& file, const Graph& graph,
                                     const Experiment& experiment);

/// Whether the file's numbers stand where inputs come in, and where outputs go out: for some of the
/// layers with numbers that the data reach first, or last.
struct TakenEnds {
  bool first = false, last = false;
};
TakenEnds taken_ends(const Graph& graph, const WeightsSpec& weights);

/// Returns which layers start from the file and which anew, for people; empty if `model.weights`
/// names none.
std::string words_of_taken(const WeightsSpec& weights, const Graph& graph);

}  // namespace nnrun::host
