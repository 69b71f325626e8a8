#include "answers.hpp"

/// The area under the receiver operating characteristic: how often an example that is a yes has a
/// greater output than one that is a no, a tie counting ½. By ranks: Hanley & McNeil 1982, *The
/// Meaning and Use of the Area under a ROC Curve*. Several outputs: each class against the rest, or
/// each label, and their mean (macro). Not defined if a no or a yes of one does not occur.
struct Auc : OfAnswers {
  static constexpr auto name = "auc",
                        doc =
                            "how often a yes has a greater output than a no; of several classes "
                            "the mean of each against the rest";
  static constexpr auto params() { return nnrun::params(); }
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    const std::vector<double> shifts = shifts_of(y);
    double sum = 0;
    for (std::size_t c = 0; c < y.cols; ++c) sum += area_of(y, t, c, shifts);
    return sum / static_cast<double>(y.cols);
  }
  template <class T>
  void per_class(nnrun::Rows<const T> y, nnrun::Rows<const T> t, std::span<double> out) const {
    const std::vector<double> shifts = shifts_of(y);
    for (std::size_t c = 0; c < out.size(); ++c)
      out[c] = area_of(y, t, y.cols == 1 ? 0 : c, shifts);
  }
  const char* word() const {
    if (meaning.cols == 1) return "";
    return are_labels(meaning.cols) ? "macro" : "macro, one against the rest";
  }

 private:
  /// Returns what makes the logits of each row logarithms of probabilities: examples are compared
  /// by these, since logits of a row say nothing about another row. Empty for other outputs.
  template <class T>
  std::vector<double> shifts_of(nnrun::Rows<const T> y) const {
    std::vector<double> shifts;
    if (meaning.outputs != NNRUN_LOGITS || y.cols == 1 || are_labels(y.cols)) return shifts;
    for (std::size_t r = 0; r < y.rows; ++r) {
      const auto [high, rest] = nnrun::log_sum_exp(y[r]);
      shifts.push_back(static_cast<double>(high) + static_cast<double>(rest));
    }
    return shifts;
  }
  template <class T>
  double area_of(nnrun::Rows<const T> y, nnrun::Rows<const T> t, std::size_t column,
                 const std::vector<double>& shifts) const {
    std::vector<std::pair<double, bool>> examples;  // output, yes
    for (std::size_t r = 0; r < y.rows; ++r) {
      const double output = static_cast<double>(y[r][column]) - (shifts.empty() ? 0 : shifts[r]);
      if (std::isnan(output)) return not_defined;
      examples.emplace_back(output, is_true(t[r][column]));
    }
    std::ranges::sort(examples);
    double below = 0, positives = 0, pairs = 0;
    for (std::size_t i = 0; i < examples.size();) {
      double tied[2] = {};  // no and yes of one output
      const double output = examples[i].first;
      for (; i < examples.size() && examples[i].first == output; ++i) ++tied[examples[i].second];
      pairs += tied[1] * (below + tied[0] / 2);
      below += tied[0], positives += tied[1];
    }
    return below > 0 && positives > 0 ? pairs / (below * positives) : not_defined;
  }
};
NNRUN_REGISTER(Auc)
