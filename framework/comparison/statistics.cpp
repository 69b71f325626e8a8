#include "comparison/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
namespace nnrun::host {
namespace {

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method as
/// modified by Thompson and Barnett. It converges fast for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300, accuracy = 1e-16;
  const auto not_zero = [](double y) { return std::abs(y) < tiny ? tiny : y; };
  double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), h = d;
  for (int m = 1; m < 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / not_zero(1 + even * d);
    c = not_zero(1 + even / c);
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / not_zero(1 + odd * d);
    c = not_zero(1 + odd / c);
    h *= d * c;
    if (std::abs(d * c - 1) < accuracy) break;
  }
  return h;
}

/// The regularised incomplete beta function. y is 1 - x, which the caller may know more precisely.
double incomplete_beta(double a, double b, double x, double y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log(y));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, y) / b;
}

/// Of differences of numbers around 1, in parts of the difference.
constexpr double rounding = 1e-10;

double standard_deviation(std::span<const double> numbers, double mean) {
  double squares = 0;
  for (const double x : numbers) squares += (x - mean) * (x - mean);
  return std::sqrt(squares / static_cast<double>(numbers.size() - 1));
}

/// Returns how many independent numbers have a mean of the same variance.
double independent(double n, double overlap) {
  return n / (1 + n * overlap);
}

double plain_mean(std::span<const double> numbers) {
  // the mean of equal numbers is that number, however their sum rounds: rounding is not noise
  if (std::ranges::all_of(numbers, [&](double x) { return x == numbers[0]; })) return numbers[0];
  return std::accumulate(numbers.begin(), numbers.end(), 0.) / static_cast<double>(numbers.size());
}

}  // namespace

double t_two_sided_p(double t, double degrees_of_freedom) {
  if (std::isinf(t)) return 0;
  const double n = degrees_of_freedom, whole = n + t * t;
  return incomplete_beta(n / 2, 0.5, n / whole, t * t / whole);
}

double t_quantile(double p, double degrees_of_freedom) {
  if (p == 0.5) return 0;
  if (p < 0.5) return -t_quantile(1 - p, degrees_of_freedom);
  const double outside = 2 * (1 - p);
  double low = 0, high = 1;
  while (t_two_sided_p(high, degrees_of_freedom) > outside) high *= 2;
  for (;;) {  // halving until no number lies between: slow, but quantiles are needed rarely
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (t_two_sided_p(middle, degrees_of_freedom) > outside ? low : high) = middle;
  }
}

double overlap_of_folds(std::size_t folds) {
  return folds < 2 ? 0 : 1 / static_cast<double>(folds - 1);
}

MeanOf mean_of(std::span<const double> numbers, double overlap) {
  MeanOf out{.count = numbers.size()};
  if (numbers.empty()) return out;
  out.mean = plain_mean(numbers);
  if (numbers.size() < 2) return out;
  const auto n = static_cast<double>(numbers.size());
  out.margin = t_quantile(0.975, n - 1) * standard_deviation(numbers, out.mean) /
               std::sqrt(independent(n, overlap));
  return out;
}

bool is_spread_rounding(std::span<const double> numbers) {
  if (numbers.size() < 2) return false;
  const double mean = plain_mean(numbers);
  return standard_deviation(numbers, mean) <= rounding * std::abs(mean);
}

std::optional<double> paired_p(std::span<const double> differences, double overlap) {
  if (differences.size() < 2) return std::nullopt;
  const auto n = static_cast<double>(differences.size());
  const double mean = plain_mean(differences), deviation = standard_deviation(differences, mean);
  const double worth = independent(n, overlap);
  // a spread of rounding alone is none: then only the signs say something
  if (is_spread_rounding(differences)) return mean == 0 ? 1 : std::min(1., std::exp2(1 - worth));
  return t_two_sided_p(mean / (deviation / std::sqrt(worth)), n - 1);
}

}  // namespace nnrun::host
