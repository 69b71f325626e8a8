#include <algorithm>
#include <nnrun/plugin.hpp>

/// Multiplies by gamma after more than `patience` epochs without an improvement by more than
/// min_delta, then counts anew (PyTorch, ReduceLROnPlateau, with an absolute threshold). An epoch
/// whose value is not defined does not count.
struct ReduceOnPlateau : nnrun::Schedule {
  static constexpr auto name = "reduce_on_plateau",
                        doc = "falls when the monitored value stops improving";
  double gamma = 0.1, min_delta = 1e-4, least = 0;
  std::int64_t patience = 10;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&ReduceOnPlateau::gamma, "gamma", "factor of each drop",
                     {.min = 0, .max = 1, .above_min = true, .below_max = true}),
        nnrun::param(&ReduceOnPlateau::min_delta, "min_delta", "what counts as an improvement",
                     {.min = 0}),
        nnrun::param(&ReduceOnPlateau::least, "least", "the factor never falls below it",
                     {.min = 0, .max = 1}),
        nnrun::param(
            &ReduceOnPlateau::patience, "patience",
            "epochs without improvement that are tolerated, as in PyTorch (Keras: one less)",
            {.min = 0}));
  }
  double factor(const nnrun::Moment& now) const {
    double factor = 1, best = std::nan("");
    std::int64_t bad = 0;
    for (const double value : now.history()) {
      if (std::isnan(value)) continue;
      if (std::isnan(best)) {
        best = value;
        continue;
      }
      const double gain = now.higher_is_better() ? value - best : best - value;
      bad = gain > min_delta ? 0 : bad + 1;
      if (gain > min_delta) best = value;
      if (bad > patience) factor *= gamma, bad = 0;
    }
    return std::max(factor, least);
  }
};
NNRUN_REGISTER(ReduceOnPlateau)
