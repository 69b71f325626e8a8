#include <nnrun/plugin.hpp>

/// x tanh(log(1 + eˣ)). Misra 2019, *Mish: A Self Regularized Non-Monotonic Activation Function*.
struct Mish : nnrun::Activation {
  static constexpr auto name = "mish", doc = "x * tanh(softplus(x))";
  auto f(auto x) const {
    const auto u = exp(min(x, -x));  // e^-|x|, which cannot overflow; tanh is n / (n + d)
    const auto n = x > 0 ? 1 + 2 * u : u * (u + 2);
    const auto d = x > 0 ? 2 * u * u : 2;
    return x * (n / (n + d));
  }
};
NNRUN_REGISTER(Mish)
