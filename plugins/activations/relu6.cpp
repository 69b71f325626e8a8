#include <nnrun/plugin.hpp>

/// min(max(x, 0), 6), slope 0 at both ends. Krizhevsky 2010, *Convolutional Deep Belief Networks on
/// CIFAR-10*.
struct Relu6 : nnrun::Activation {
  static constexpr auto name = "relu6", doc = "x, kept between 0 and 6";
  static constexpr nnrun::Range outputs{0, 6};
  static constexpr bool in_place = true;
  auto f(auto x) const { return min(max(x, 0), 6); }
  auto df(auto, auto y) const { return y > 0 && y < 6 ? 1. : 0.; }
};
NNRUN_REGISTER(Relu6)
