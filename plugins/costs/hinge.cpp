#include <nnrun/plugin.hpp>

/// Σ max(0, 1 − t y) over an example's outputs; targets −1 and 1; 0 counts as −1, as in Keras:
/// whatever is not above 0 is the other class. Cortes & Vapnik 1995, *Support-Vector Networks*.
struct Hinge : nnrun::Cost {
  static constexpr auto name = "hinge",
                        doc = "sum over outputs of max(0, 1 - t y), targets -1 (or 0) and 1";
  static constexpr bool signs = true;
  auto f(auto y, auto t) const { return max(1 - (t > 0 ? 1 : -1) * y, 0); }
};
NNRUN_REGISTER(Hinge)
