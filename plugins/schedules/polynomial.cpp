#include <algorithm>
#include <nnrun/plugin.hpp>

/// (1 − end) (1 − step / steps)^power + end (Keras, PolynomialDecay, over the run).
struct Polynomial : nnrun::Schedule {
  static constexpr auto name = "polynomial",
                        doc = "falls to an end value along a power, step by step";
  double power = 1, end = 0;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Polynomial::power, "power", "1: a straight line",
                                      {.min = 0, .above_min = true}),
                         nnrun::param(&Polynomial::end, "end", "factor at the end of the run",
                                      {.min = 0, .max = 1}));
  }
  double factor(const nnrun::Moment& now) const {
    const double left = 1 - std::min(1., now.step() / now.steps());
    return (1 - end) * std::pow(left, power) + end;
  }
};
NNRUN_REGISTER(Polynomial)
