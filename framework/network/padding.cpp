#include "network/padding.hpp"

namespace nnrun::host {

FixedPlaces::FixedPlaces(const Graph& graph) {
  std::vector<bool> used(graph.n_parameters);
  for (const NamedBlock& block : graph.blocks()) {
    if (block.node->frozen) continue;
    for_each_element(block, [&](std::size_t at, std::size_t) { used[at] = true; });
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i]) continue;
    if (ranges_.empty() || ranges_.back().second != i) ranges_.push_back({i, i});
    ranges_.back().second = i + 1;
  }
}

template <class T>
std::vector<T> gathered(const NamedBlock& block, const T* w) {
  std::vector<T> out(block.count);
  for_each_element(block, [&](std::size_t at, std::size_t k) { out[k] = w[at]; });
  return out;
}

template <class T>
void scatter(const NamedBlock& block, const T* from, T* w) {
  for_each_element(block, [&](std::size_t at, std::size_t k) { w[at] = from[k]; });
}

template std::vector<float> gathered(const NamedBlock&, const float*);
template std::vector<double> gathered(const NamedBlock&, const double*);
template void scatter(const NamedBlock&, const float*, float*);
template void scatter(const NamedBlock&, const double*, double*);

}  // namespace nnrun::host
