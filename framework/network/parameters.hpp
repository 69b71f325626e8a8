// The flat vector of parameters: first values, and the way between memory and files.
#pragma once
#include <type_traits>
#include <vector>

#include "network/graph.hpp"
#include "network/random.hpp"
namespace nnrun::host {

/// Fills every block in layer order: weights by `init`, biases by `bias_init`, each from a stream
/// of its own, `init/<layer>/<block>`. w: graph.n_parameters numbers, zeroed before.
/// The state begins as its blocks say. state: graph.n_state numbers, zeroed before; null where
/// there are none.
template <class T>
void initialize(const Graph& graph, Random& random, T* w, std::type_identity_t<T>* state = nullptr);

/// A block in its file order.
template <class T>
std::vector<T> gathered(const NamedBlock& block, const T* w);
template <class T>
void scatter(const NamedBlock& block, const T* from, T* w);

}  // namespace nnrun::host
