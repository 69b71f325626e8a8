#include <nnrun/plugin.hpp>

/// rate · log(1 + w²): shrinks small weights as l2 does and leaves large ones alone, as if weights
/// came from a Cauchy distribution.
struct NewThing : nnrun::Regularizer {
  static constexpr auto name = "new_thing", doc = "rate times log(1 + w^2)";
  double rate = 0.01;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&NewThing::rate, "rate", "how much it pulls", {.min = 0}));
  }
  auto penalty(auto w) const { return rate * log1p(w * w); }
  auto slope(auto w) const { return 2 * rate * w / (1 + w * w); }
};
NNRUN_REGISTER(NewThing)
