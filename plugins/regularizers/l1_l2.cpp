#include <nnrun/plugin.hpp>

/// l1 · |w| + ½ l2 · w²: the elastic net (Zou & Hastie 2005).
struct L1L2 : nnrun::Regularizer {
  static constexpr auto name = "l1_l2", doc = "both penalties: l1 |w| + half of l2 w^2";
  double l1 = 0.01, l2 = 0.01;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&L1L2::l1, "l1", "rate of |w|", {.min = 0}),
                         nnrun::param(&L1L2::l2, "l2", "rate of w^2 / 2", {.min = 0}));
  }
  auto penalty(auto w) const { return l1 * abs(w) + 0.5 * l2 * w * w; }
  auto slope(auto w) const {
    const auto sign = w > 0 ? decltype(w)(1) : (w < 0 ? decltype(w)(-1) : decltype(w)(0));
    return l1 * sign + l2 * w;
  }
};
NNRUN_REGISTER(L1L2)
