#include <nnrun/plugin.hpp>

/// N(mean, stddev²) cut off at two deviations from the mean, as in Keras. Uses the inverse
/// distribution function: one uniform number each, and none is drawn again.
struct TruncatedNormal : nnrun::Initializer {
  static constexpr auto name = "truncated_normal",
                        doc = "normal numbers within two deviations of the mean";
  double mean = 0, stddev = 1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&TruncatedNormal::mean, "mean", "centre"),
                         nnrun::param(&TruncatedNormal::stddev, "stddev",
                                      "standard deviation before the cut", {.min = 0}));
  }
  void fill(const nnrun::Stream& random, const nnrun::Block&, std::span<double> w) const {
    constexpr double below = 0.022750131948179207;  // the share of a normal below −2
    random.fill(w);
    for (double& x : w) x = mean + stddev * nnrun::normal_quantile(below + (1 - 2 * below) * x);
  }
};
NNRUN_REGISTER(TruncatedNormal)
