// What a few runs say about a config: means, intervals, paired differences.
#pragma once
#include <optional>
#include <span>
#include <utility>
#include <vector>
namespace nnrun::host {

/// Returns the p-quantile of Student's t distribution, 0 < p < 1.
double t_quantile(double p, double degrees_of_freedom);
/// Returns the probability that |t| is at least this large by chance.
double t_two_sided_p(double t, double degrees_of_freedom);

struct MeanOf {
  std::size_t count = 0;
  double mean = 0;  ///< of at least one number
  /// Half the width of the 95 % interval of the mean, by Student's t; nothing below two numbers.
  std::optional<double> margin = {};
};
MeanOf mean_of(std::span<const double> numbers);

/// Returns the p of the paired t-test of differences against 0; nothing below two pairs.
/// Differences that are all equal show no noise, which the test measures by; then it is the sign
/// test: 1 if they are 0, else 2 / 2^n.
std::optional<double> paired_p(std::span<const double> differences);

}  // namespace nnrun::host
