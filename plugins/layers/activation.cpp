#include "copied.hpp"

/// Passes its input to the activation that the config gives it: {type: activation, activation:
/// relu}. For sums and other layers that have no activation of their own.
struct ActivationLayer : Copied {
  static constexpr auto name = "activation", doc = "its input, to put an activation on";
  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    p.out = p.in[0];
    p.free_cuts = 1;
    p.forgets_outputs = 1;
  }
};
NNRUN_REGISTER(ActivationLayer)
