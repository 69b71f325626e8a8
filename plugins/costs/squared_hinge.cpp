#include <nnrun/plugin.hpp>

/// Σ max(0, 1 − t y)² over an example's outputs; targets −1 (or 0) and 1, as in hinge.
struct SquaredHinge : nnrun::Cost {
  static constexpr auto name = "squared_hinge",
                        doc = "sum over outputs of max(0, 1 - t y)^2, targets -1 (or 0) and 1";
  static constexpr bool signs = true;
  auto f(auto y, auto t) const {
    const auto e = max(1 - (t > 0 ? 1 : -1) * y, 0);
    return e * e;
  }
};
NNRUN_REGISTER(SquaredHinge)
