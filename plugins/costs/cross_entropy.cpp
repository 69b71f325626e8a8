#include <nnrun/plugin.hpp>

/// −Σ w t log y over an example's outputs, y the probabilities of the classes (softmax), t one-hot
/// or probabilities too. After softmax, or log_softmax, it is worked out from the scores, as with
/// from_logits: through log Σ eʸ, which is exact where softmax rounds to 0. After anything else a
/// logarithm is at least −100, as in binary_cross_entropy. Bridle 1990; class_weights as PyTorch's
/// CrossEntropyLoss has them, but the sum over a batch is divided by the number of examples; with
/// `mean_over: weights`, as there, by the sum of their weights, Σ w t of each.
struct CrossEntropy : nnrun::Cost {
  static constexpr auto name = "cross_entropy", doc = "-(sum over classes of t log(y))";
  static constexpr nnrun::Range outputs{0, 1}, targets{0, 1};
  static constexpr auto fitting_activation = "softmax", joined_by = "from_logits",
                        joins = "softmax";
  bool from_logits = false;
  std::span<const double> class_weights{};
  static constexpr auto params() {
    using Self = CrossEntropy;
    return nnrun::params(
        nnrun::param(&Self::from_logits, "from_logits", "outputs have not gone through softmax"),
        nnrun::param(&Self::class_weights, "class_weights",
                     "what each class counts: a number per class, {name: number}, or balanced; the "
                     "sum is divided as train.mean_over says",
                     {.class_weights = true}));
  }
  void check() const {
    for (const double w : class_weights)
      if (w < 0) throw nnrun::Error("'class_weights' must not be negative");
  }
  template <class T>
  T value(std::span<const T> y, std::span<const T> t) const {
    return slope(y, t, std::span<T>());
  }
  /// Returns the cost of a row and writes its slopes. dy may be empty.
  template <class T>
  T slope(std::span<const T> y, std::span<const T> t, std::span<T> dy) const {
    if (!class_weights.empty() && class_weights.size() != y.size())
      throw nnrun::Error("'class_weights' has " + std::to_string(class_weights.size()) +
                         " numbers for " + std::to_string(y.size()) + " classes");
    return from_logits ? of_logits(y, t, dy) : of_probabilities(y, t, dy);
  }

 private:
  template <class T>
  NNRUN_CLONES T of_logits(std::span<const T> y, std::span<const T> t, std::span<T> dy) const {
    const auto [high, rest] = nnrun::log_sum_exp(y);
    T sum = 0, total = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const T share = static_cast<T>(weight(i)) * t[i];
      sum += share * (high - y[i] + rest);
      total += share;
      if (!dy.empty()) dy[i] = -share;
    }
    for (std::size_t i = 0; i < dy.size(); ++i) dy[i] += total * nnrun::exp(y[i] - high - rest);
    return sum;
  }
  template <class T>
  NNRUN_CLONES T of_probabilities(std::span<const T> y, std::span<const T> t,
                                  std::span<T> dy) const {
    T sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const T share = static_cast<T>(weight(i)) * t[i], log_y = nnrun::log(y[i]);
      sum -= share * (log_y < T(-100) ? T(-100) : log_y);
      if (!dy.empty()) dy[i] = -share / (y[i] < T(1e-30) ? T(1e-30) : y[i]);
    }
    return sum;
  }
  double weight(std::size_t i) const { return class_weights.empty() ? 1 : class_weights[i]; }
};
NNRUN_REGISTER(CrossEntropy)
