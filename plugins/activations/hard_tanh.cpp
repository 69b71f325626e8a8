#include <nnrun/plugin.hpp>

/// min(max(x, −1), 1). Collobert 2004, *Large Scale Machine Learning*.
struct HardTanh : nnrun::Activation {
  static constexpr auto name = "hard_tanh", doc = "x, kept between -1 and 1";
  static constexpr nnrun::Range outputs{-1, 1};
  auto f(auto x) const { return min(max(x, -1), 1); }
};
NNRUN_REGISTER(HardTanh)
