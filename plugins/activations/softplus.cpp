#include <nnrun/plugin.hpp>

/// log(1 + e^βx) / β, a smooth relu. Dugas, Bengio, Bélisle, Nadeau, Garcia 2001, *Incorporating
/// Second-Order Functional Knowledge for Better Option Pricing*; β as in PyTorch.
struct Softplus : nnrun::Activation {
  static constexpr auto name = "softplus", doc = "log(1 + e^(beta * x)) / beta";
  static constexpr nnrun::Range outputs{0, nnrun::infinity};
  double beta = 1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Softplus::beta, "beta", "large: relu",
                                      {.min = 0, .max = 1e6, .above_min = true}));
  }
  auto f(auto x) const { return softplus(beta * x) / beta; }
  auto df(auto x, auto) const { return sigmoid(beta * x); }
};
NNRUN_REGISTER(Softplus)
