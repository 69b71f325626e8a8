#include <nnrun/plugin.hpp>

/// −Σ (t log y + (1 − t) log(1 − y)) over an example's outputs, each a probability of its own;
/// targets 0 to 1. Nielsen, *Neural Networks and Deep Learning*, equation 63. After sigmoid it is
/// worked out from what sigmoid takes, as with from_logits: exact where an output has rounded to 0
/// or 1. After anything else a logarithm is at least −100, as in PyTorch's BCELoss, so that a wrong
/// output of exactly 0 or 1 costs 100, not infinity.
struct BinaryCrossEntropy : nnrun::Cost {
  static constexpr auto name = "binary_cross_entropy",
                        doc = "sum over outputs of -(t log(y) + (1 - t) log(1 - y))";
  static constexpr nnrun::Range outputs{0, 1}, targets{0, 1};
  static constexpr auto fitting_activation = "sigmoid", joined_by = "from_logits",
                        joins = "sigmoid";
  bool from_logits = false;
  std::span<const double> class_weights{};
  static constexpr auto params() {
    using Self = BinaryCrossEntropy;
    return nnrun::params(
        nnrun::param(&Self::from_logits, "from_logits", "outputs have not gone through sigmoid"),
        nnrun::param(&Self::class_weights, "class_weights",
                     "what targets of 0 and 1 count: two numbers, {0: number, 1: number}, or "
                     "balanced; the sum is divided as train.mean_over says",
                     {.label_weights = true}));
  }
  void check() const {
    if (!class_weights.empty() && class_weights.size() != 2)
      throw nnrun::Error("'class_weights' takes two numbers, for targets 0 and 1, not " +
                         std::to_string(class_weights.size()));
    for (const double w : class_weights)
      if (w < 0) throw nnrun::Error("'class_weights' must not be negative");
  }
  struct OfProbabilities {
    double zero, one;
    auto f(auto y, auto t) const {
      return -one * t * max(log(y), -100) - zero * (1 - t) * max(log1p(-y), -100);
    }
    auto df(auto y, auto t) const {
      return (zero * (1 - t) * y - one * t * (1 - y)) / max(y * (1 - y), 1e-30);
    }
  };
  struct OfLogits {
    double zero, one;
    auto f(auto y, auto t) const {  // softplus(y) = max(y, 0) + softplus(-|y|)
      const auto no = zero * (1 - t), yes = one * t;
      return no * max(y, 0) + yes * max(-y, 0) + (no + yes) * softplus(-abs(y));
    }
    auto df(auto y, auto t) const { return zero * (1 - t) * sigmoid(y) - one * t * sigmoid(-y); }
  };
  void choose(auto visit) const {
    const double zero = class_weights.empty() ? 1 : class_weights[0],
                 one = class_weights.empty() ? 1 : class_weights[1];
    from_logits ? visit(OfLogits{zero, one}) : visit(OfProbabilities{zero, one});
  }
};
NNRUN_REGISTER(BinaryCrossEntropy)
