#include <nnrun/plugin.hpp>

/// Σ over an example's outputs of ½ e² where |e| = |y − t| ≤ δ, else δ (|e| − ½ δ). Huber 1964,
/// *Robust Estimation of a Location Parameter*. Written as q (|e| − q / 2) with q = min(|e|, δ).
struct Huber : nnrun::Cost {
  static constexpr auto name = "huber",
                        doc = "sum over outputs of e^2 / 2, beyond delta a straight line";
  double delta = 1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Huber::delta, "delta", "error beyond which it is linear",
                                      {.min = 0, .above_min = true}));
  }
  auto f(auto y, auto t) const {
    const auto q = min(abs(y - t), delta);
    return q * (abs(y - t) - 0.5 * q);
  }
};
NNRUN_REGISTER(Huber)
