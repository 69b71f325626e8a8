// What the parameters and the state start with.
#pragma once
#include <type_traits>

#include "network/graph.hpp"
#include "network/random.hpp"
namespace nnrun::host {

/// Fills every block in layer order: weights by `init`, biases by `bias_init`, each from a stream
/// of its own, `init/<layer>/<block>`. Then layers change what they begin with otherwise, each from
/// the stream `init/<layer>`. w: graph.n_parameters numbers, zeroed before. State starts
/// at the initial value of each block. state: graph.n_state numbers, zeroed before; null if there
/// are none.
template <class T>
void initialize(const Graph& graph, Random& random, T* w, std::type_identity_t<T>* state = nullptr);

}  // namespace nnrun::host
