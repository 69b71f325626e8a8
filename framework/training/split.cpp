#include "training/split.hpp"

#include <algorithm>
#include <numeric>
namespace nnrun::host {
namespace {

/// Returns how many examples of each class make up n: by largest remainder, so that the sum is
/// exactly n.
std::vector<std::size_t> shares(const std::vector<std::size_t>& counts, std::size_t n) {
  const std::size_t all = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  std::vector<std::size_t> out;
  std::vector<std::pair<double, std::size_t>> rest;  // largest first
  std::size_t given = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    const double share =
        static_cast<double>(n) * static_cast<double>(counts[k]) / static_cast<double>(all);
    out.push_back(std::min(counts[k], static_cast<std::size_t>(share)));
    given += out[k];
    rest.emplace_back(static_cast<double>(out[k]) - share, k);
  }
  std::ranges::sort(rest);
  for (std::size_t i = 0; given < n; i = (i + 1) % rest.size())
    if (const std::size_t k = rest[i].second; out[k] < counts[k]) {
      ++out[k];
      ++given;
    }
  return out;
}

}  // namespace

Cut cut_in_order(std::span<const std::uint32_t> order,
                 const std::array<std::size_t, NNRUN_PARTS>& sizes) {
  Cut parts;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const auto own = order.first(sizes[part]);
    order = order.subspan(own.size());
    parts[part].assign(own.begin(), own.end());
    std::ranges::sort(parts[part]);
  }
  return parts;
}

Cut cut_by_class(std::span<const std::uint32_t> order,
                 const std::array<std::size_t, NNRUN_PARTS>& sizes,
                 std::span<const std::uint32_t> classes) {
  const std::size_t n_classes = *std::ranges::max_element(classes) + 1;
  std::vector<std::vector<std::uint32_t>> members(n_classes);
  for (const std::uint32_t i : order) members[classes[i]].push_back(i);
  Cut parts;
  for (const std::size_t part : {NNRUN_TEST, NNRUN_VALIDATION, NNRUN_TRAIN}) {
    std::vector<std::size_t> left;
    for (const auto& own : members) left.push_back(own.size());
    const std::vector<std::size_t> taken = shares(left, sizes[part]);
    for (std::size_t k = 0; k < n_classes; ++k) {  // from the end, as without classes
      const auto from = members[k].end() - static_cast<std::ptrdiff_t>(taken[k]);
      parts[part].insert(parts[part].end(), from, members[k].end());
      members[k].erase(from, members[k].end());
    }
    std::ranges::sort(parts[part]);
  }
  return parts;
}

}  // namespace nnrun::host
