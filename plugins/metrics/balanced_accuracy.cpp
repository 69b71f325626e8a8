#include "answers.hpp"

/// The mean over the classes that occur of the share of their examples that are found (recall), so
/// that a rare class counts as much as a frequent one; one output: over no and yes; several labels:
/// the mean over the labels. Brodersen et al. 2010, *The Balanced Accuracy and Its Posterior
/// Distribution*; scikit-learn's balanced_accuracy_score. Not defined if fewer than two classes
/// occur, or a no or a yes of one label does not.
struct BalancedAccuracy : OfAnswers {
  static constexpr auto name = "balanced_accuracy",
                        doc = "mean over the classes of the share of their examples that are found";
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    return over_classes(y, t, [](const std::vector<Counts>& classes, double) {
      const auto occurs = [](const Counts& c) { return c.actual > 0; };
      if (std::ranges::count_if(classes, occurs) < 2) return not_defined;
      return mean_of(
          classes, [](const Counts& c) { return c.actual > 0 ? c.right / c.actual : not_defined; });
    });
  }
  const char* word() const { return are_labels(meaning.cols) ? "macro" : ""; }
};
NNRUN_REGISTER(BalancedAccuracy)
