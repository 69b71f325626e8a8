#include <algorithm>
#include <nnrun/plugin.hpp>
#include <vector>

/// The area under the receiver operating characteristic: how often a positive example (target above
/// ½) has a greater output than a negative one, a tie counting ½. By ranks: Hanley & McNeil 1982,
/// *The Meaning and Use of the Area under a ROC Curve*. Several outputs: the mean over those that
/// have both kinds of examples; ½ if none has, NaN if an output is NaN.
struct Auc : nnrun::Metric {
  static constexpr auto
      name = "auc",
      doc = "how often a positive example's output is greater than a negative one's";
  static constexpr bool fraction = true, higher_is_better = true;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double sum = 0, outputs = 0;
    for (std::size_t c = 0; c < y.cols; ++c) {
      std::vector<std::pair<T, bool>> examples;  // output, positive
      for (std::size_t r = 0; r < y.rows; ++r) {
        if (std::isnan(y[r][c])) return std::numeric_limits<double>::quiet_NaN();
        examples.emplace_back(y[r][c], t[r][c] > T(0.5));
      }
      const double area = area_of(std::move(examples));
      if (area >= 0) sum += area, ++outputs;
    }
    return outputs > 0 ? sum / outputs : 0.5;
  }

 private:
  /// Returns the area of one output, below 0 if one kind is missing.
  template <class T>
  static double area_of(std::vector<std::pair<T, bool>> examples) {
    std::ranges::sort(examples);
    double below = 0, positives = 0, pairs = 0;
    for (std::size_t i = 0; i < examples.size();) {
      double tied[2] = {};  // negatives and positives of one output
      const T output = examples[i].first;
      for (; i < examples.size() && examples[i].first == output; ++i) ++tied[examples[i].second];
      pairs += tied[1] * (below + tied[0] / 2);
      below += tied[0], positives += tied[1];
    }
    return below > 0 && positives > 0 ? pairs / (below * positives) : -1;
  }
};
NNRUN_REGISTER(Auc)
