#include "moments.hpp"

/// Kingma & Ba 2015, algorithm 1; weight_decay · w is added to the gradient, as PyTorch has it.
struct Adam : Moments {
  static constexpr auto name = "adam", doc =
                                           "adaptive moments with bias correction, as PyTorch "
                                           "has it (Keras adds epsilon to the uncorrected root)";
  static constexpr const char* slots[] = {"m", "v"};
  Rates prepare(const nnrun::Step& step) const { return rates(step); }
  void update(auto& w, auto g, auto& m, auto& v, const Rates& k) const {
    average(m, v, g + weight_decay * w);
    w = w - k.rate * m / (sqrt(v) + k.epsilon);
  }
};
NNRUN_REGISTER(Adam)
