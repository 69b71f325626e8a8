#include <nnrun/plugin.hpp>

/// w ← w − rate · (sign(β₁ m + (1 − β₁) g) + weight_decay · w), m ← β₂ m + (1 − β₂) g. Chen et al.
/// 2023, *Symbolic Discovery of Optimization Algorithms*, algorithm 2.
struct Lion : nnrun::Optimizer {
  static constexpr auto name = "lion", doc = "steps of one size along the sign of the momentum";
  static constexpr const char* slots[] = {"m"};
  static constexpr double learning_rate = 0.0001;
  double beta1 = 0.9, beta2 = 0.99, weight_decay = 0;
  static constexpr auto params() {
    constexpr nnrun::Accepts fraction{.min = 0, .max = 1, .below_max = true};
    return nnrun::params(
        nnrun::param(&Lion::beta1, "beta1", "share of the momentum in the sign", fraction),
        nnrun::param(&Lion::beta2, "beta2", "decay of the momentum", fraction),
        nnrun::param(&Lion::weight_decay, "weight_decay", "pull of parameters towards 0",
                     {.min = 0}));
  }
  void update(auto& w, auto g, auto& m, const nnrun::Step& k) const {
    w = w - k.rate * (sign(beta1 * m + (1 - beta1) * g) + weight_decay * w);
    m = beta2 * m + (1 - beta2) * g;
  }
};
NNRUN_REGISTER(Lion)
