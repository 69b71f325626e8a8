#include "comparison/holm_correction.hpp"

#include <algorithm>
namespace nnrun::host {

std::vector<std::optional<double>> holm(const std::vector<std::optional<double>>& p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i]) order.push_back(i);
  std::ranges::sort(order, {}, [&](std::size_t i) { return *p[i]; });
  std::vector<std::optional<double>> out(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const auto left = static_cast<double>(order.size() - rank);
    largest = std::max(largest, std::min(1., left * *p[order[rank]]));
    out[order[rank]] = largest;
  }
  return out;
}

}  // namespace nnrun::host
