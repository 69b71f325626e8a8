#include <nnrun/plugin.hpp>

/// e^(−x²). Broomhead & Lowe 1988, *Multivariable Functional Interpolation and Adaptive Networks*.
struct Gaussian : nnrun::Activation {
  static constexpr auto name = "gaussian", doc = "e^(-x^2), from 0 to 1";
  static constexpr nnrun::Range outputs{0, 1};
  auto f(auto x) const { return exp(-(x * x)); }
  auto df(auto x, auto y) const { return -2 * x * y; }
};
NNRUN_REGISTER(Gaussian)
