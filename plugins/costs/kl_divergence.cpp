#include <nnrun/plugin.hpp>

/// Σ t log(t / y) over an example's outputs, both probabilities. Kullback & Leibler 1951, *On
/// Information and Sufficiency*. After softmax it is worked out from the scores, as with
/// from_logits. After anything else a logarithm is at least −100, so that 0 log 0 is 0.
struct KlDivergence : nnrun::Cost {
  static constexpr auto name = "kl_divergence", doc = "sum over outputs of t log(t / y)";
  static constexpr auto fitting_activation = "softmax", joined_by = "from_logits",
                        joins = "softmax";
  static constexpr nnrun::Range outputs{0, 1}, targets{0, 1};
  bool from_logits = false;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&KlDivergence::from_logits, "from_logits",
                                      "outputs have not gone through softmax"));
  }
  template <class T>
  T value(std::span<const T> y, std::span<const T> t) const {
    return slope(y, t, std::span<T>());
  }
  /// Returns the cost of a row and writes its slopes. dy may be empty.
  template <class T>
  T slope(std::span<const T> y, std::span<const T> t, std::span<T> dy) const {
    return from_logits ? of_logits(y, t, dy) : of_probabilities(y, t, dy);
  }

 private:
  template <class T>
  static T limited_log(T x) {
    const T log_x = nnrun::log(x);
    return log_x < T(-100) ? T(-100) : log_x;
  }
  template <class T>
  NNRUN_CLONES static T of_logits(std::span<const T> y, std::span<const T> t, std::span<T> dy) {
    const auto [high, rest] = nnrun::log_sum_exp(y);
    T sum = 0, total = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      sum += t[i] * (limited_log(t[i]) + (high - y[i] + rest));
      total += t[i];
    }
    for (std::size_t i = 0; i < dy.size(); ++i)
      dy[i] = total * nnrun::exp(y[i] - high - rest) - t[i];
    return sum;
  }
  template <class T>
  NNRUN_CLONES static T of_probabilities(std::span<const T> y, std::span<const T> t,
                                         std::span<T> dy) {
    T sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      sum += t[i] * (limited_log(t[i]) - limited_log(y[i]));
      if (!dy.empty()) dy[i] = -t[i] / (y[i] < T(1e-30) ? T(1e-30) : y[i]);
    }
    return sum;
  }
};
NNRUN_REGISTER(KlDivergence)
