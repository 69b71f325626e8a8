#include <nnrun/plugin.hpp>

/// Σ (y − t log y) over an example's outputs: minus the logarithm of Poisson's probability of the
/// count t at the rate y, without log t!. Keras' Poisson. A logarithm is at least −100.
struct Poisson : nnrun::Cost {
  static constexpr auto name = "poisson", doc = "sum over outputs of y - t log(y)";
  static constexpr nnrun::Range outputs{0, nnrun::infinity}, targets{0, nnrun::infinity};
  auto f(auto y, auto t) const { return y - t * max(log(y), -100); }
  auto df(auto y, auto t) const { return 1 - t / max(y, 1e-30); }
};
NNRUN_REGISTER(Poisson)
