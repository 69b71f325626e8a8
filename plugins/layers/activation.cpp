#include "copied.hpp"

/// Hands its input to the activation that the config gives it: {type: activation, activation:
/// relu}, for sums and whatever else has none of its own.
struct ActivationLayer : Copied {
  static constexpr auto name = "activation", doc = "its input, for an activation to be put behind";
  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    p.out = p.in[0];
  }
};
NNRUN_REGISTER(ActivationLayer)
