// The flat vector of parameters: first values, and the way between memory and files.
#pragma once
#include <vector>

#include "network/graph.hpp"
#include "network/random.hpp"
namespace nnrun::host {

/// Fills every block in layer order: weights by `init`, biases by `bias_init`, each from a stream
/// of its own, `init/<layer>/<block>`. w: graph.n_parameters numbers, zeroed before.
template <class T>
void initialize(const Graph& graph, Random& random, T* w);

/// A block in its file order.
template <class T>
std::vector<T> gathered(const NamedBlock& block, const T* w);
template <class T>
void scatter(const NamedBlock& block, const T* from, T* w);

}  // namespace nnrun::host
