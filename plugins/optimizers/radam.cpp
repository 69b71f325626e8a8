#include "moments.hpp"

/// Adam that starts as momentum, until its second moment has averaged enough gradients to be
/// reliable. Liu, Jiang, He, Chen, Liu, Gao, Han 2020, algorithm 2; the threshold 5 and the
/// position of ε are PyTorch's.
struct Radam : Moments {
  static constexpr auto name = "radam", doc = "adam with a rectified start";
  static constexpr const char* slots[] = {"m", "v"};
  struct Constants {
    double plain, adaptive;  // factors of m and of m / (√v + ε); one of them is 0
  };
  Constants prepare(const nnrun::Step& s) const {
    const double held = s.held(beta2), rate = s.rate / s.held(beta1), most = 2 / (1 - beta2) - 1;
    const double seen = most - 2 * static_cast<double>(s.number) * (1 - held) / held;
    if (!(seen > 5)) return {rate, 0};
    const double variance =
        (seen - 4) * (seen - 2) * most / ((most - 4) * (most - 2) * seen) * held;
    return {0, rate * nnrun::sqrt(nnrun::Num(variance)).v};
  }
  void update(auto& w, auto g, auto& m, auto& v, const Constants& k) const {
    average(m, v, g + weight_decay * w);
    w = w - m * (k.plain + k.adaptive / (sqrt(v) + epsilon));
  }
};
NNRUN_REGISTER(Radam)
