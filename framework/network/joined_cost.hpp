// A cost that is worked out from the numbers before the last activation: softmax and its cross
// entropy, say. Where the activation has rounded to 0 or 1, its slope and the cost's are 0 and
// infinity; their product, worked out as one, is exact.
#pragma once
#include "network/graph.hpp"
namespace nnrun::host {

/// Returns whether the cost is worked out from what the output's activation takes: both classes
/// declare the same join, and the config has not made the cost apply that activation itself.
bool is_joined(const Use& cost, const Node& output);

/// Returns the layer whose activation would be joined to the cost, were there not layers behind it
/// that only move its numbers; nullptr if there is none.
const Node* parted_from_cost(const Use& cost, const Graph& graph);

/// Moves that activation behind those layers where that is the same: they keep the order of the
/// numbers, or it takes them one by one, and each of them once.
void join_across_moves(const Use& cost, Graph& graph);

/// Returns how many outputs the cost takes at a time: those of the last axis if it applies an
/// activation that works along it, otherwise all.
std::size_t answer_cols(const Use& cost, const Node& output);

/// Returns the cost as training and evaluation call it: a joined one applies the activation itself.
Object cost_of(const Use& cost, const Graph& graph);

/// Returns whether a use has the bool setting that its class declares as `joined_by`, and has it
/// on.
bool applies_activation(const Use& cost);

}  // namespace nnrun::host
