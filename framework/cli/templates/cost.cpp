#include <nnrun/plugin.hpp>

/// √(e² + ε²) − ε with e = y − t. Charbonnier et al. 1994, *Two deterministic half-quadratic
/// regularization algorithms for computed imaging*.
struct NewThing : nnrun::Cost {
  static constexpr auto name = "new_thing", doc = "sum over outputs of |y - t|, rounded at 0";
  double epsilon = 0.1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&NewThing::epsilon, "epsilon", "how round", {.min = 1e-3}));
  }
  auto f(auto y, auto t) const { return sqrt((y - t) * (y - t) + epsilon * epsilon) - epsilon; }
};
NNRUN_REGISTER(NewThing)
