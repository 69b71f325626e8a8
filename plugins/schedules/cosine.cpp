#include <algorithm>
#include <nnrun/plugin.hpp>
#include <numbers>

/// end + (1 − end) ½ (1 + cos π t) (Loshchilov & Hutter 2017, equation 5): t runs from 0 to 1 over
/// the run, or over `restart` epochs, then over `growth` times as many, and so on.
struct Cosine : nnrun::Schedule {
  static constexpr auto name = "cosine",
                        doc = "half a cosine, step by step, with restarts if wanted";
  double end = 0, restart = 0, growth = 1;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Cosine::end, "end", "factor at the end of a period", {.min = 0, .max = 1}),
        nnrun::param(&Cosine::restart, "restart",
                     "epochs of the first period; 0: the whole run, once", {.min = 0}),
        nnrun::param(&Cosine::growth, "growth", "how much longer each period is", {.min = 1}));
  }
  double factor(const nnrun::Moment& now) const {
    double t = now.step() / now.steps();
    if (restart > 0) {
      double left = now.epoch(), period = restart;
      for (; left >= period; period *= growth) left -= period;
      t = left / period;
    }
    return end + (1 - end) * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1., t)));
  }
};
NNRUN_REGISTER(Cosine)
