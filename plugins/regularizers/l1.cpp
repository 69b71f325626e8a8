#include <nnrun/plugin.hpp>

/// rate · |w|, whose slope is rate · sign(w): many weights become small (Tibshirani 1996).
///
/// kill_at_zero, as TensorFlow Playground does it: the penalty is not part of the gradient, its
/// step follows the optimizer's, and a weight that it moves across 0 stays 0 for good.
struct L1 : nnrun::Regularizer {
  static constexpr auto name = "l1", doc = "rate times |w|: small weights go to 0";
  double rate = 0.01;
  bool kill_at_zero = false;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&L1::rate, "rate", "how much a weight costs", {.min = 0, .logarithmic = true}),
        nnrun::param(&L1::kill_at_zero, "kill_at_zero", "a weight that crosses 0 stays 0"));
  }
  auto penalty(auto w) const { return rate * abs(w); }
  auto slope(auto w) const { return (kill_at_zero ? 0 : rate) * sign_of(w); }
  /// State: the sign before the update, or `dead`.
  auto remember(auto w, auto state) const { return state > 1 ? state : sign_of(w); }
  void after(auto& w, auto& state, double learning_rate) const {
    if (!kill_at_zero) return;
    const auto moved = w - learning_rate * rate * state;
    const bool dies = state > 1 || w * moved < 0;
    w = dies ? std::remove_reference_t<decltype(w)>(0) : moved;
    state = dies ? std::remove_reference_t<decltype(state)>(dead) : state;
  }

 private:
  static auto sign_of(auto w) {
    return w > 0 ? decltype(w)(1) : (w < 0 ? decltype(w)(-1) : decltype(w)(0));
  }
  static constexpr double dead = 2;
};
NNRUN_REGISTER(L1)
