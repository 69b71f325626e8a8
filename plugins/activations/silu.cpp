#include <nnrun/plugin.hpp>

/// x σ(x). Elfwing, Uchibe, Doya 2018, *Sigmoid-Weighted Linear Units for Neural Network Function
/// Approximation in Reinforcement Learning*. The same as swish with β = 1.
struct Silu : nnrun::Activation {
  static constexpr auto name = "silu", doc = "x * sigmoid(x)";
  auto f(auto x) const { return x * sigmoid(x); }
};
NNRUN_REGISTER(Silu)
