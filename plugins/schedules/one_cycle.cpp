#include <algorithm>
#include <nnrun/plugin.hpp>
#include <numbers>

/// The 1cycle policy (Smith & Topin 2018), as PyTorch has it with cosines: from 1 / start up to 1
/// over `rise` of the run, then down to 1 / (start · finish).
struct OneCycle : nnrun::Schedule {
  static constexpr auto name = "one_cycle",
                        doc = "up to the full rate, then down to almost nothing, step by step";
  double rise = 0.3, start = 25, finish = 1e4;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&OneCycle::rise, "rise", "share of the run that goes up",
                     {.min = 0, .max = 1, .above_min = true, .below_max = true}),
        nnrun::param(&OneCycle::start, "start", "full rate over the first one", {.min = 1}),
        nnrun::param(&OneCycle::finish, "finish", "first rate over the last one", {.min = 1}));
  }
  double factor(const nnrun::Moment& now) const {
    const double peak = rise * now.steps() - 1, last = now.steps() - 1;
    const auto between = [](double from, double to, double t) {
      return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * t));
    };
    if (now.step() <= peak) return between(1 / start, 1, peak > 0 ? now.step() / peak : 1);
    return between(1, 1 / (start * finish), std::min(1., (now.step() - peak) / (last - peak)));
  }
};
NNRUN_REGISTER(OneCycle)
