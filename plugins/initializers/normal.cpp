#include <nnrun/plugin.hpp>

/// N(mean, stddev²). Nielsen, *Neural Networks and Deep Learning*, chapter 1, starts weights and
/// biases in N(0, 1).
struct Normal : nnrun::Initializer {
  static constexpr auto name = "normal", doc = "normal numbers";
  double mean = 0, stddev = 1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Normal::mean, "mean", "centre"),
                         nnrun::param(&Normal::stddev, "stddev", "standard deviation", {.min = 0}));
  }
  void fill(const nnrun::Stream& random, const nnrun::Block&, std::span<double> w) const {
    random.normal(w, mean, stddev);
  }
};
NNRUN_REGISTER(Normal)
