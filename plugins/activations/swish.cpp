#include <nnrun/plugin.hpp>

/// x σ(βx). Ramachandran, Zoph, Le 2017, *Searching for Activation Functions*.
struct Swish : nnrun::Activation {
  static constexpr auto name = "swish", doc = "x * sigmoid(beta * x)";
  double beta = 1;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Swish::beta, "beta", "0: x / 2, large: relu", {.min = 0, .max = 1e6}));
  }
  auto f(auto x) const { return x * sigmoid(beta * x); }
};
NNRUN_REGISTER(Swish)
