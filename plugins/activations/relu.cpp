#include <nnrun/plugin.hpp>

/// max(0, x), slope 0 at 0. Nair & Hinton 2010, *Rectified Linear Units Improve Restricted
/// Boltzmann Machines*.
struct Relu : nnrun::Activation {
  static constexpr auto name = "relu", doc = "the larger of x and 0";
  static constexpr nnrun::Range outputs{0, nnrun::infinity};
  static constexpr bool in_place = true;
  auto f(auto x) const { return max(x, 0); }
  auto df(auto, auto y) const { return y > 0 ? 1. : 0.; }
};
NNRUN_REGISTER(Relu)
