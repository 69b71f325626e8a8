#include <nnrun/plugin.hpp>

/// ½ rate · w², whose slope is rate · w: weight decay (Krogh & Hertz 1991). Nielsen's λ over n
/// examples is rate = λ / n.
struct L2 : nnrun::Regularizer {
  static constexpr auto name = "l2", doc =
                                         "half of rate times w^2: weights decay, at the "
                                         "rate of PyTorch's weight_decay; Keras' l2 of the "
                                         "same number is twice as strong";
  double rate = 0.01;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&L2::rate, "rate", "how much a weight costs",
                                      {.min = 0, .logarithmic = true}));
  }
  auto penalty(auto w) const { return 0.5 * rate * w * w; }
  auto slope(auto w) const { return rate * w; }
};
NNRUN_REGISTER(L2)
