// The flat vectors in memory have padding, files do not: where it is, and the way between the two.
// Frozen parameters are places that do not move either.
#pragma once
#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

#include "network/graph.hpp"
namespace nnrun::host {

/// The places of the flat vector that never move: those that hold no parameter, and the parameters
/// of frozen layers.
class FixedPlaces {
 public:
  explicit FixedPlaces(const Graph& graph);
  /// Sets these places of `numbers`, graph.n_parameters of them, to `value`.
  template <class T>
  void fill(T* numbers, std::type_identity_t<T> value) const {
    for (const auto& [from, to] : ranges_) std::fill(numbers + from, numbers + to, value);
  }
  /// Copies these places of one vector to another.
  template <class T>
  void copy(const T* numbers, T* out) const {
    for (const auto& [from, to] : ranges_) std::copy(numbers + from, numbers + to, out + from);
  }

 private:
  std::vector<std::pair<std::size_t, std::size_t>> ranges_;
};

/// Returns the values of a block in file order.
template <class T>
std::vector<T> gathered(const NamedBlock& block, const T* w);
/// Writes the values of a block, given in file order, to the flat vector.
template <class T>
void scatter(const NamedBlock& block, const T* from, T* w);

}  // namespace nnrun::host
