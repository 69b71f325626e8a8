// The graph of layers, in the order in which they run, over one flat vector of parameters.
#pragma once
#include <nnrun/abi.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "loading/object.hpp"
namespace nnrun::host {

inline constexpr int data_input = -1;

/// A layer of the graph. Its inputs are earlier nodes, or the data.
struct Node {
  std::string name;
  Object layer, activation;  ///< the activation may be empty
  Use init, bias_init;
  std::vector<int> inputs;
  std::vector<nnrun_shape> in_shapes;
  nnrun_plan plan{};                ///< plan.in points into in_shapes
  std::size_t cols = 0;             ///< numbers of one output row
  std::size_t activation_cols = 0;  ///< numbers that the activation is given at a time
  std::size_t offset = 0;           ///< of its parameters in the flat vectors
  std::size_t state_offset = 0;     ///< of its state in the flat vector of states
  bool has_slope = false;           ///< it or a node before it learns
  bool frozen = false;              ///< training leaves its parameters and its state as they are
  /// The activation writes its outputs over those of the layer, and slopes likewise.
  bool activates_in_place = false;
  double rate_factor = 1;  ///< of the learning rate, above 0
  Place place;

  const nnrun_layer& functions() const { return layer.functions<nnrun_layer>(); }
  bool elementwise() const;  ///< has no activation, or one that works number by number
  bool learns() const { return !frozen && plan.n_parameters > 0; }
  /// Returns whether, in training too, it gives the outputs of a trained network: by a state that
  /// no longer changes.
  bool runs_as_in_use() const { return frozen && plan.n_state > 0; }
  /// Returns whether, in training, an output row depends on other rows.
  bool couples_rows() const {
    return (functions().flags & NNRUN_COUPLES_ROWS) != 0 && !runs_as_in_use();
  }
};

/// A named part of the parameters or of the state as files hold it, such as `dense_1/weights`.
struct NamedBlock {
  std::string name;
  const Node* node;
  const nnrun_block* block;
  std::size_t count;  ///< numbers, without padding
  std::size_t at;     ///< where it begins in its flat vector
  bool is_state;      ///< which of the two flat vectors
};

/// A part of the flat vectors whose parameters learn at one rate; whole lanes.
struct LearningStretch {
  std::size_t from, count;
  double rate_factor;
};

/// What layers that read the data as indices take of them.
struct Indices {
  std::string layer;      ///< the one that takes the fewest
  std::size_t count = 0;  ///< 0: there is no such layer

  bool takes(double x) const {
    return count == 0 || (x >= 0 && x < static_cast<double>(count) && x == std::floor(x));
  }
  /// Returns `, but layer 'embedding_1' takes whole numbers from 0 to 64`.
  std::string refusal() const {
    return ", but layer '" + layer + "' takes whole numbers from 0 to " + std::to_string(count - 1);
  }
};

struct Graph {
  nnrun_shape input{};
  std::size_t input_cols = 0;
  std::vector<Node> nodes;
  std::size_t n_parameters = 0;    ///< with padding, a multiple of NNRUN_LANES
  std::size_t n_state = 0;         ///< likewise
  bool cost_takes_scores = false;  ///< the cost is joined: it takes z of the output, not a
  /// Outputs that the cost takes at a time: all of an example, or one of several answers.
  std::size_t answer_cols = 0;

  const Node& output() const { return nodes.back(); }
  std::vector<NamedBlock> blocks() const;        ///< of the parameters
  std::vector<NamedBlock> saved_blocks() const;  ///< of parameters and state, layer by layer
  /// Returns the stretches that learn, in order; between them are frozen layers, or another rate.
  std::vector<LearningStretch> learning_stretches() const;
  bool couples_rows() const { return std::ranges::any_of(nodes, &Node::couples_rows); }
  /// Returns whether, in training, a row's output depends on more than that row and the parameters.
  bool trains_differently() const;
  std::size_t parameter_count() const;  ///< without padding
  std::size_t frozen_count() const;     ///< of these, those of frozen layers
  std::size_t scratch() const;          ///< numbers that the largest request of a layer asks for
  double work_per_row() const;          ///< multiplications of one row's forward pass
  Indices indices() const;
  bool free_cuts() const;  ///< no bit shows how a batch is cut: see nnrun_plan
};

/// Returns the layers' indices, ordered so that each layer comes after what it reads, otherwise as
/// listed. Throws GraphError naming the layers of a cycle, or the unread layers if there are
/// several.
std::vector<std::size_t> topological_order(std::span<const LayerSpec> layers);

/// Creates every layer and asks it for its plan. Throws GraphError with the layer's place;
/// PluginError if a plan would be wrong for any input.
Graph build_graph(const Experiment& experiment);

std::size_t size_of(const nnrun_shape& shape);

/// Calls f(index in the flat vector, index in the block's file order) for every number of a block
/// whose first number is at `begin`.
template <class F>
void for_each_element(const nnrun_block& block, std::size_t begin, F f) {
  std::size_t i[NNRUN_MAX_RANK] = {};
  const std::size_t count = size_of(block.shape);
  for (std::size_t k = 0; k < count; ++k) {
    std::size_t at = begin;
    for (std::uint32_t d = 0; d < block.shape.rank; ++d) at += i[d] * block.strides[d];
    f(at, k);
    for (std::uint32_t d = block.shape.rank; d-- > 0;) {
      if (++i[d] < block.shape.sizes[d]) break;
      i[d] = 0;
    }
  }
}
template <class F>
void for_each_element(const NamedBlock& named, F f) {
  for_each_element(*named.block, named.at, f);
}

/// Returns a shape as text: `784`, `28 x 28`.
std::string text_of(const nnrun_shape& shape);
/// Returns whether the numbers of two arrays of one size lie in the same order: their shapes are
/// the same but for sizes of 1, or one of them is flat.
bool lie_alike(const nnrun_shape& a, const nnrun_shape& b);

}  // namespace nnrun::host
