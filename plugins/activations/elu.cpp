#include <nnrun/plugin.hpp>

/// x above 0, α (eˣ − 1) below. Clevert, Unterthiner, Hochreiter 2016, *Fast and Accurate Deep
/// Network Learning by Exponential Linear Units*.
struct Elu : nnrun::Activation {
  static constexpr auto name = "elu", doc = "x above 0, alpha * (e^x - 1) below";
  double alpha = 1;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Elu::alpha, "alpha", "minus the limit far below 0", {.min = 0}));
  }
  auto f(auto x) const { return x > 0 ? x : alpha * expm1(x); }
};
NNRUN_REGISTER(Elu)
