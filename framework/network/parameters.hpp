// The flat vector of parameters: first values, its padding, and the way between memory and files.
#pragma once
#include <algorithm>
#include <type_traits>
#include <utility>
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

/// Where the flat vector holds no parameter.
class Padding {
 public:
  explicit Padding(const Graph& graph);
  /// numbers: graph.n_parameters of them.
  template <class T>
  void fill(T* numbers, std::type_identity_t<T> value) const {
    for (const auto& [from, to] : ranges_) std::fill(numbers + from, numbers + to, value);
  }

 private:
  std::vector<std::pair<std::size_t, std::size_t>> ranges_;
};

/// A block in its file order.
template <class T>
std::vector<T> gathered(const NamedBlock& block, const T* w);
template <class T>
void scatter(const NamedBlock& block, const T* from, T* w);

}  // namespace nnrun::host
