#include <nnrun/plugin.hpp>

/// −log of the probability that the network gave to the true class, averaged over the examples; of
/// a single output or several labels, to each yes or no. scikit-learn's log_loss; a logarithm is at
/// least −100, as in the costs. Outputs must be probabilities; if the cost turns them into some
/// (from_logits), this does so too: by softmax for classes, else by sigmoid.
struct LogLoss : nnrun::Metric {
  static constexpr auto name = "log_loss", doc = "mean of -log(probability given to what is true)";
  nnrun::Meaning meaning{.size = sizeof(nnrun::Meaning),
                         .targets = NNRUN_ONE_HOT,
                         .outputs = NNRUN_PROBABILITIES,
                         .cols = 0,
                         .output_border = 0.5,
                         .target_border = 0.5};
  void prepare(const nnrun::Meaning& m) {
    meaning = m;
    if (m.outputs == NNRUN_SCORES)
      throw nnrun::Error("it takes probabilities, but the outputs can be any numbers", "",
                         "write activation: sigmoid or softmax in the last layer");
    if (m.targets == NNRUN_NUMBERS)
      throw nnrun::Error("it takes classes or labels, but the targets are numbers", "",
                         "write mean_squared_error or r2");
  }
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double sum = 0;
    const bool classes = y.cols > 1 && meaning.targets != NNRUN_LABELS;
    for (std::size_t r = 0; r < y.rows; ++r)
      sum += classes ? of_classes(y[r], t[r]) : of_labels(y[r], t[r]);
    return sum / static_cast<double>(y.rows * (classes ? 1 : y.cols));
  }

 private:
  /// Returns the share of yes in a target, from 0 to 1.
  double share_of(double t) const { return meaning.target_border == 0 ? t > 0 : t; }
  static double minus_log(double p) {
    return p >= 0 && p <= 1 ? -std::max(nnrun::log(p), -100.) : std::nan("");
  }
  template <class T>
  double of_classes(std::span<const T> y, std::span<const T> t) const {
    double sum = 0;
    const auto [high, rest] = nnrun::log_sum_exp(y);
    for (std::size_t c = 0; c < y.size(); ++c) {
      const double share = share_of(static_cast<double>(t[c])), x = static_cast<double>(y[c]);
      if (share != 0)
        sum += share * (meaning.outputs == NNRUN_LOGITS
                            ? static_cast<double>(high) - x + static_cast<double>(rest)
                            : minus_log(x));
    }
    return sum;
  }
  template <class T>
  double of_labels(std::span<const T> y, std::span<const T> t) const {
    double sum = 0;
    for (std::size_t c = 0; c < y.size(); ++c) {
      const double yes = share_of(static_cast<double>(t[c])), x = static_cast<double>(y[c]);
      if (meaning.outputs == NNRUN_LOGITS)
        sum += yes * nnrun::softplus(-x) + (1 - yes) * nnrun::softplus(x);
      else
        sum += (yes == 0 ? 0 : yes * minus_log(x)) + (yes == 1 ? 0 : (1 - yes) * minus_log(1 - x));
    }
    return sum;
  }
};
NNRUN_REGISTER(LogLoss)
