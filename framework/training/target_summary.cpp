#include "training/target_summary.hpp"

#include <algorithm>
#include <limits>
#include <span>
namespace nnrun::host {
namespace {

using Ranges = std::vector<std::pair<double, double>>;

/// Widens the range of each column to hold all of its numbers.
template <class T>
void widen(Ranges& ranges, std::span<const T> rows) {
  for (std::size_t at = 0; at < rows.size(); at += ranges.size())
    for (std::size_t c = 0; c < ranges.size(); ++c) {
      const auto x = static_cast<double>(rows[at + c]);
      ranges[c] = {std::min(ranges[c].first, x), std::max(ranges[c].second, x)};
    }
}

/// Counts the ones of each column, and looks at those of each row.
template <class T>
void count_ones(std::span<const T> rows, const DataShape& shape, TargetSummary& summary) {
  const std::size_t width = summary.ones.size(), last = shape.target.sizes[shape.target.rank - 1];
  for (std::size_t at = 0; at < rows.size(); at += width) {
    const T* const t = &rows[at];
    std::size_t in_row = 0;
    for (std::size_t c = 0; c < width; ++c) {
      const bool is_one = t[c] == 1;
      summary.ones[c] += is_one;
      in_row += is_one;
    }
    summary.one_each &= in_row == 1;
    if (shape.names.ordered) ++summary.counts[in_row];
    for (std::size_t c = 0; c < width && last < width; c += last)
      summary.one_each_of_last_axis &= std::count(t + c, t + c + last, T(1)) == 1;
  }
  if (last == width) summary.one_each_of_last_axis = summary.one_each;
}

}  // namespace

template <class T>
TargetSummary summary_of(const std::array<Examples<T>, NNRUN_PARTS>& parts, const DataShape& shape,
                         const Preparation& preparation) {
  TargetSummary summary;
  const std::size_t width = size_of(shape.target), classes = shape.names.classes.size();
  constexpr double open = std::numeric_limits<double>::infinity();
  summary.counts.assign(classes, 0);
  summary.ones.assign(width, 0);
  summary.ranges.assign(width, {open, -open});
  bool zeros = true, signs = true;
  for (const Examples<T>& part : parts) {
    const std::span<const T> t(part.t.data(), part.count * width);
    summary.rows += part.count;
    const auto ones = std::ranges::count(t, T(1)), all = std::ranges::ssize(t);
    zeros = zeros && ones + std::ranges::count(t, T(0)) == all;
    signs = signs && ones + std::ranges::count(t, T(-1)) == all;
    count_ones(t, shape, summary);
    if (part.in_units.data() != nullptr)
      widen(summary.ranges, std::span<const double>(part.in_units.data(), t.size()));
    else
      widen(summary.ranges, t);
  }
  if (shape.is_yes_or_no())
    summary.counts = {summary.rows - summary.ones[0], summary.ones[0]};
  else if (classes > 0 && !shape.names.ordered)
    summary.counts = summary.ones;
  if ((!zeros && !signs) || preparation.scales_targets()) summary.ones.clear();
  return summary;
}

template TargetSummary summary_of(const std::array<Examples<float>, NNRUN_PARTS>&, const DataShape&,
                                  const Preparation&);
template TargetSummary summary_of(const std::array<Examples<double>, NNRUN_PARTS>&,
                                  const DataShape&, const Preparation&);

}  // namespace nnrun::host
