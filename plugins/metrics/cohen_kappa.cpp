#include "answers.hpp"

/// (accuracy − chance) / (1 − chance), chance being the agreement of answers and classes that are
/// independent of each other. Cohen 1960, *A Coefficient of Agreement for Nominal Scales*; several
/// labels: the mean over the labels. Not defined if all classes are the same, or those of one
/// label.
struct CohenKappa : OfAnswers {
  static constexpr auto name = "cohen_kappa",
                        doc = "how far accuracy is above chance: 1 all right, 0 by chance";
  static constexpr bool fraction = false;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    return over_classes(y, t, [](const std::vector<Counts>& classes, double rows) {
      double right = 0, both = 0, occurring = 0;
      for (const Counts& c : classes)
        right += c.right, both += c.predicted * c.actual, occurring += c.actual > 0;
      if (occurring < 2) return not_defined;
      return (right * rows - both) / (rows * rows - both);
    });
  }
  const char* word() const { return are_labels(meaning.cols) ? "macro" : ""; }
};
NNRUN_REGISTER(CohenKappa)
