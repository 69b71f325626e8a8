#include <nnrun/plugin.hpp>

/// The hyperbolic tangent; LeCun et al. 1998, *Efficient BackProp*, section 4.4.
struct Tanh : nnrun::Activation {
  static constexpr auto name = "tanh", doc = "(e^x - e^-x) / (e^x + e^-x), from -1 to 1";
  static constexpr nnrun::Range outputs{-1, 1};
  static constexpr bool in_place = true;
  auto f(auto x) const { return tanh(x); }
  auto df(auto, auto y) const { return 1 - y * y; }
};
NNRUN_REGISTER(Tanh)
