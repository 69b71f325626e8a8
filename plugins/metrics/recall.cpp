#include "counts.hpp"

/// The share of the examples of a class that are predicted to be in it; 0 without such examples.
/// One output: of the class above ½. Several: the largest output is the prediction, and the mean
/// over the classes is taken (macro), as in scikit-learn.
struct Recall : nnrun::Metric {
  static constexpr auto name = "recall", doc = "share of the examples of a class that are found";
  static constexpr bool fraction = true, higher_is_better = true;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    return mean_over_classes(y, t,
                             [](const Counts& c) { return c.actual > 0 ? c.right / c.actual : 0; });
  }
};
NNRUN_REGISTER(Recall)
