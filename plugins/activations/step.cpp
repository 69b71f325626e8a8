#include <nnrun/plugin.hpp>

/// 1 above 0, else 0, and slope 0 everywhere: gradients cannot train it. Rosenblatt 1958, *The
/// Perceptron*. NaN stays NaN.
struct Step : nnrun::Activation {
  static constexpr auto name = "step", doc = "1 above 0, else 0; its slope is 0";
  static constexpr nnrun::Range outputs{0, 1};
  auto f(auto x) const { return x > 0 ? 1 : (x <= 0 ? 0 : x); }
  auto df(auto, auto) const { return 0.; }
};
NNRUN_REGISTER(Step)
