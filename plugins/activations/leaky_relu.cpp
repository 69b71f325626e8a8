#include <nnrun/plugin.hpp>

/// x above 0, negative_slope · x below. Maas, Hannun, Ng 2013, *Rectifier Nonlinearities Improve
/// Neural Network Acoustic Models*.
struct LeakyRelu : nnrun::Activation {
  static constexpr auto name = "leaky_relu", doc = "x above 0, negative_slope * x below";
  double negative_slope = 0.01;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&LeakyRelu::negative_slope, "negative_slope", "slope below 0", {.min = 0}));
  }
  auto f(auto x) const { return x > 0 ? x : negative_slope * x; }
};
NNRUN_REGISTER(LeakyRelu)
