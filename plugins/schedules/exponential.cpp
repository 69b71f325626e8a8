#include <nnrun/plugin.hpp>

/// gamma^⌊epoch⌋ (PyTorch, ExponentialLR).
struct Exponential : nnrun::Schedule {
  static constexpr auto name = "exponential", doc = "times gamma after every epoch";
  double gamma = 0.95;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Exponential::gamma, "gamma", "factor of each epoch",
                                      {.min = 0, .max = 1, .above_min = true}));
  }
  double factor(const nnrun::Moment& now) const {
    return std::pow(gamma, static_cast<double>(now.epochs_done()));
  }
};
NNRUN_REGISTER(Exponential)
