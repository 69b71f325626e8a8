#include <nnrun/plugin.hpp>

/// sin x. Sitzmann, Martel, Bergman, Lindell, Wetzstein 2020, *Implicit Neural Representations with
/// Periodic Activation Functions*; their ω₀ is a factor of the first weights.
struct Sin : nnrun::Activation {
  static constexpr auto name = "sin", doc = "the sine";
  static constexpr nnrun::Range outputs{-1, 1};
  auto f(auto x) const { return sin(x); }
  auto df(auto x, auto) const { return cos(x); }
};
NNRUN_REGISTER(Sin)
