#include <nnrun/plugin.hpp>

/// 1 / (1 + epochs / half_life): half the learning rate after half_life epochs, a third after two.
/// It depends on the moment alone, so that a resumed run goes on as if it had not stopped.
struct NewThing : nnrun::Schedule {
  static constexpr auto name = "new_thing", doc = "1 / (1 + epochs / half_life)";
  double half_life = 10;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&NewThing::half_life, "half_life", "epochs until it is half", {.min = 1e-3}));
  }
  double factor(const nnrun::Moment& now) const { return 1 / (1 + now.epoch() / half_life); }
};
NNRUN_REGISTER(NewThing)
