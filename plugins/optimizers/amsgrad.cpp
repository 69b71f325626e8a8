#include "moments.hpp"

/// Adam whose second moment never shrinks. Reddi, Kale, Kumar 2018, algorithm 2, with Adam's bias
/// corrections as PyTorch has them.
struct Amsgrad : Moments {
  static constexpr auto name = "amsgrad", doc =
                                              "adam with the largest second moment so far, "
                                              "before its correction, as PyTorch has it";
  static constexpr const char* slots[] = {"m", "v", "largest_v"};
  Rates prepare(const nnrun::Step& step) const { return rates(step); }
  void update(auto& w, auto g, auto& m, auto& v, auto& largest, const Rates& k) const {
    average(m, v, g + weight_decay * w);
    largest = max(v, largest);
    w = w - k.rate * m / (sqrt(largest) + k.epsilon);
  }
};
NNRUN_REGISTER(Amsgrad)
