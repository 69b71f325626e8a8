#include "moments.hpp"

/// Adam with decoupled weight decay, w ← w − rate · weight_decay · w, which does not enter the
/// moments. Loshchilov & Hutter 2019, algorithm 2; as in PyTorch the rate is a factor of the decay.
struct Adamw : Moments {
  static constexpr auto name = "adamw", doc = "adam with decoupled weight decay";
  static constexpr const char* slots[] = {"m", "v"};
  constexpr Adamw() { weight_decay = 0.01; }
  Rates prepare(const nnrun::Step& step) const { return rates(step); }
  void update(auto& w, auto g, auto& m, auto& v, const Rates& k) const {
    average(m, v, g);
    w = w - k.decay * w - k.rate * m / (sqrt(v) + k.epsilon);
  }
};
NNRUN_REGISTER(Adamw)
