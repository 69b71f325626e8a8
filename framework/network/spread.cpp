#include "network/spread.hpp"

#include <algorithm>
#include <cmath>
namespace nnrun::host {

bool Spread::is_constant(std::size_t n) const {
  const double largest = std::max(std::abs(low), std::abs(high));
  return high - low <= static_cast<double>(n) * std::numeric_limits<double>::epsilon() * largest;
}

std::pair<double, double> scaling_of(Scale scale, const Spread& spread, std::size_t n,
                                     std::vector<double>& numbers) {
  if (scale == Scale::none) return {0, 1};
  if (spread.is_constant(n)) return {spread.low, 1};
  if (scale == Scale::standard) return {spread.mean, 1 / std::sqrt(spread.variance)};
  if (scale == Scale::min_max) return {spread.low, 1 / (spread.high - spread.low)};
  const double median = quantile_of(numbers, 0.5),
               range = quantile_of(numbers, 0.75) - quantile_of(numbers, 0.25);
  return {median, range > 0 ? 1 / range : 1};  // most numbers may be equal
}

double mean_of(const std::vector<double>& numbers) {
  double mean = 0;
  for (const double x : numbers) mean += x / static_cast<double>(numbers.size());
  return mean;
}

double quantile_of(std::vector<double>& numbers, double fraction) {
  const double place = fraction * static_cast<double>(numbers.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(place);
  const auto at = numbers.begin() + below;
  std::nth_element(numbers.begin(), at, numbers.end());
  if (at + 1 == numbers.end()) return *at;
  const double above = *std::min_element(at + 1, numbers.end());
  const double part = place - static_cast<double>(below);
  const double between = *at + (above - *at) * part;
  // numbers whose difference is too large
  return std::isfinite(between) ? between : *at * (1 - part) + above * part;
}

double most_frequent_of(std::vector<double>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  double best = numbers.front();
  std::ptrdiff_t most = 0;
  for (auto from = numbers.begin(); from != numbers.end();) {
    const auto to = std::upper_bound(from, numbers.end(), *from);
    if (to - from > most) {
      most = to - from;
      best = *from;
    }
    from = to;
  }
  return best;
}

}  // namespace nnrun::host
