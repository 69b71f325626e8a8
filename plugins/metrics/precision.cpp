#include "counts.hpp"

/// The share of the predictions of a class that are right; 0 without such predictions. One output:
/// of the class above ½. Several: the largest output is the prediction, and the mean over the
/// classes is taken (macro), as in scikit-learn.
struct Precision : nnrun::Metric {
  static constexpr auto name = "precision", doc = "share of the answers for a class that are right";
  static constexpr bool fraction = true, higher_is_better = true;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    return mean_over_classes(
        y, t, [](const Counts& c) { return c.predicted > 0 ? c.right / c.predicted : 0; });
  }
};
NNRUN_REGISTER(Precision)
