#include "moments.hpp"

/// u ← max(β₂ u, |g| + ε), w ← w − rate / (1 − β₁ᵗ) · m / u. Kingma & Ba 2015, algorithm 2; ε,
/// which keeps u above 0, is PyTorch's.
struct Adamax : Moments {
  static constexpr auto name = "adamax",
                        doc = "adam with the largest gradient in place of the second moment";
  static constexpr const char* slots[] = {"m", "u"};
  static constexpr double learning_rate = 0.002;
  Rates prepare(const nnrun::Step& s) const { return {s.rate / s.held(beta1), epsilon, 0}; }
  void update(auto& w, auto g, auto& m, auto& u, const Rates& k) const {
    const auto slope = g + weight_decay * w;
    m = normal_or_zero(beta1 * m + (1 - beta1) * slope);
    u = max(beta2 * u, abs(slope) + epsilon);
    w = w - k.rate * m / u;
  }
};
NNRUN_REGISTER(Adamax)
