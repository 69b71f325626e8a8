#include "training/split.hpp"

#include <algorithm>
#include <iterator>
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

/// Returns how many of the positions before `end` are dealt to a fold, if all are dealt in turn.
std::size_t dealt_before(std::size_t end, std::size_t folds, std::size_t fold) {
  return (end + folds - fold) / folds;
}

/// Returns the members of a fold. The examples are dealt class by class, as cards are, which says
/// how many of a class each fold gets; which ones is then the class's order.
std::vector<std::uint32_t> members_of_fold(const std::vector<std::vector<std::uint32_t>>& classes,
                                           const FoldCut& how) {
  std::vector<std::uint32_t> members;
  std::size_t before = 0;  // examples of the classes that came before
  for (const std::vector<std::uint32_t>& own : classes) {
    const auto dealt = [&](std::size_t fold) {
      return dealt_before(before + own.size(), how.folds, fold) -
             dealt_before(before, how.folds, fold);
    };
    std::size_t from = 0;
    for (std::size_t fold = 1; fold < how.fold; ++fold) from += dealt(fold);
    const auto first = own.begin() + static_cast<std::ptrdiff_t>(from);
    members.insert(members.end(), first, first + static_cast<std::ptrdiff_t>(dealt(how.fold)));
    before += own.size();
  }
  std::ranges::sort(members);
  return members;
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

std::size_t size_of_fold(std::size_t n, std::size_t folds, std::size_t fold) {
  return dealt_before(n, folds, fold);
}

Cut cut_fold(std::span<const std::uint32_t> order, const FoldCut& how,
             std::span<const std::uint32_t> classes) {
  const auto class_of = [&](std::uint32_t i) { return classes.empty() ? 0u : classes[i]; };
  std::vector<std::vector<std::uint32_t>> members(
      classes.empty() ? 1 : *std::ranges::max_element(classes) + 1);
  for (const std::uint32_t i : order) members[class_of(i)].push_back(i);
  std::vector<std::uint32_t> held_out = members_of_fold(members, how), rest;
  std::ranges::copy_if(order, std::back_inserter(rest),
                       [&](std::uint32_t i) { return !std::ranges::binary_search(held_out, i); });
  const std::array<std::size_t, NNRUN_PARTS> sizes{rest.size() - how.validation, how.validation, 0};
  Cut parts = classes.empty() ? cut_in_order(rest, sizes) : cut_by_class(rest, sizes, classes);
  parts[NNRUN_TEST] = std::move(held_out);
  return parts;
}

}  // namespace nnrun::host
