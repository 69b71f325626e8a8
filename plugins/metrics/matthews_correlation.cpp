#include "answers.hpp"

/// The correlation between answers and classes: 1 all right, 0 as good as chance, at the least -1.
/// One output: Matthews 1975; several classes: Gorodkin 2004, *Comparing two K-category assignments
/// by a K-category correlation coefficient*, as in scikit-learn; several labels: the mean over the
/// labels. 0 if all answers are the same, not defined if all classes are, or those of one label.
struct MatthewsCorrelation : OfAnswers {
  static constexpr auto name = "matthews_correlation", other_name = "mcc",
                        doc = "correlation between answers and classes, from -1 to 1";
  static constexpr bool fraction = false;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    return over_classes(y, t, [](const std::vector<Counts>& classes, double rows) {
      double right = 0, both = 0, predicted = 0, actual = 0;
      for (const Counts& c : classes) {
        right += c.right, both += c.predicted * c.actual;
        predicted += c.predicted * c.predicted, actual += c.actual * c.actual;
      }
      const double n = rows * rows, spread = (n - predicted) * (n - actual);
      if (n == actual) return not_defined;
      return spread > 0 ? (right * rows - both) / std::sqrt(spread) : 0;
    });
  }
  const char* word() const { return are_labels(meaning.cols) ? "macro" : ""; }
};
NNRUN_REGISTER(MatthewsCorrelation)
