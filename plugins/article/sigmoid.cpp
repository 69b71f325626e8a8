#include <nnrun/plugin.hpp>

/// σ(x) = 1 / (1 + e^-x). The article, *activation*, which writes e^x / (e^x + 1): the same number,
/// but NaN above x ≈ 709.
struct Sigmoid : nnrun::Activation {
  static constexpr auto name = "sigmoid", doc = "1 / (1 + e^-x), from 0 to 1";
  static constexpr nnrun::Range outputs{0, 1};
  static constexpr auto joins = "sigmoid";
  static constexpr bool in_place = true;
  auto f(auto x) const { return sigmoid(x); }
  auto df(auto, auto y) const { return y * (1 - y); }
};
NNRUN_REGISTER(Sigmoid)
