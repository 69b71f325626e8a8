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
/// overlap: below.
MeanOf mean_of(std::span<const double> numbers, double overlap = 0);

/// Returns whether numbers differ by no more than rounding does. False below two.
bool is_spread_rounding(std::span<const double> numbers);

/// Returns the p of the paired t-test of differences against 0; nothing below two pairs.
/// Differences that are all equal show no noise, which the test measures by; then it is the sign
/// test: 1 if they are 0, else 2 / 2^n, where n is how many independent ones they are worth.
std::optional<double> paired_p(std::span<const double> differences, double overlap = 0);

/// Returns how far the scores of folds are from independent: of n of them, over one or several
/// ways to cut the data, the variance of the mean is taken as (1/n + overlap) times theirs, where
/// overlap is the examples held out by those trained on (the corrected resampled t-test: Nadeau and
/// Bengio, Inference for the generalization error, Machine Learning 52, 2003; for several cuts:
/// Bouckaert and Frank 2004). With 1/n alone, as if no two runs had examples in common, far too
/// much is called clear. Returns 0 for no folds.
double overlap_of_folds(std::size_t folds);

}  // namespace nnrun::host
