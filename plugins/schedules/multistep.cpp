#include <nnrun/plugin.hpp>

/// gamma^(milestones passed) (PyTorch, MultiStepLR).
struct Multistep : nnrun::Schedule {
  static constexpr auto name = "multistep", doc = "times gamma at each of some epochs";
  std::span<const double> milestones;
  double gamma = 0.1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Multistep::milestones, "milestones",
                                      "epochs after which the rate drops", {.required = true}),
                         nnrun::param(&Multistep::gamma, "gamma", "factor of each drop",
                                      {.min = 0, .max = 1, .above_min = true}));
  }
  double factor(const nnrun::Moment& now) const {
    double factor = 1;
    for (const double milestone : milestones)
      if (static_cast<double>(now.epochs_done()) >= milestone) factor *= gamma;
    return factor;
  }
};
NNRUN_REGISTER(Multistep)
