#include <nnrun/plugin.hpp>

/// min(max(x + 3, 0), 6) / 6, as PyTorch and Keras 3 have it (Howard et al. 2019, *Searching for
/// MobileNetV3*, section 5.2). Keras 2 clipped 0.2 x + 0.5.
struct HardSigmoid : nnrun::Activation {
  static constexpr auto name = "hard_sigmoid", doc = "(x + 3) / 6, kept between 0 and 1";
  static constexpr nnrun::Range outputs{0, 1};
  auto f(auto x) const { return min(max(x + 3, 0), 6) / 6; }
};
NNRUN_REGISTER(HardSigmoid)
