#pragma once
#include <nnrun/plugin.hpp>

/// What Adam and its relatives share: decaying averages of the gradient and of its square that
/// start at 0, and epsilon for the division by a root.
struct Moments : nnrun::Optimizer {
  static constexpr double learning_rate = 0.001;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Moments::beta1, "beta1", "decay of the gradient's average", fraction),
        nnrun::param(&Moments::beta2, "beta2", "decay of the squared gradient's average", fraction),
        nnrun::param(&Moments::epsilon, "epsilon", "added to the root in the denominator",
                     {.min = 0, .above_min = true}),
        nnrun::param(&Moments::weight_decay, "weight_decay", "pull of parameters towards 0",
                     {.min = 0}));
  }
  static constexpr nnrun::Accepts fraction{.min = 0, .max = 1, .below_max = true};
  void average(auto& m, auto& v, auto g) const {
    m = normal_or_zero(beta1 * m + (1 - beta1) * g);
    v = beta2 * v + (1 - beta2) * g * g;
  }
  /// Kingma & Ba 2015, end of section 2: both corrections, worked out once per step.
  struct Rates {
    double rate, epsilon, decay;
  };
  Rates rates(const nnrun::Step& s) const {
    const double root = nnrun::sqrt(nnrun::Num(s.held(beta2))).v;
    return {s.rate * root / s.held(beta1), epsilon * root, s.rate * weight_decay};
  }
};
