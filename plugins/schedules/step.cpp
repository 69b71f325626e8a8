#include <nnrun/plugin.hpp>

/// gamma^⌊epoch / every⌋ (PyTorch, StepLR).
struct StepDecay : nnrun::Schedule {
  static constexpr auto name = "step", doc = "times gamma every so many epochs";
  std::int64_t every = 10;
  double gamma = 0.1;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&StepDecay::every, "every", "epochs between two drops", {.min = 1}),
        nnrun::param(&StepDecay::gamma, "gamma", "factor of each drop",
                     {.min = 0, .max = 1, .above_min = true}));
  }
  double factor(const nnrun::Moment& now) const {
    return std::pow(gamma,
                    static_cast<double>(now.epochs_done() / static_cast<std::uint64_t>(every)));
  }
};
NNRUN_REGISTER(StepDecay)
