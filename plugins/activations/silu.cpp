#include <nnrun/plugin.hpp>

/// x σ(βx). β = 1: Elfwing, Uchibe, Doya 2018, *Sigmoid-Weighted Linear Units for Neural Network
/// Function Approximation in Reinforcement Learning*. Any β: the swish of Ramachandran, Zoph, Le
/// 2017, *Searching for Activation Functions*.
struct Silu : nnrun::Activation {
  static constexpr auto name = "silu", other_name = "swish", doc = "x * sigmoid(beta * x)";
  double beta = 1;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Silu::beta, "beta", "0: x / 2, large: relu", {.min = 0, .max = 1e6}));
  }
  auto f(auto x) const { return x * sigmoid(beta * x); }
};
NNRUN_REGISTER(Silu)
