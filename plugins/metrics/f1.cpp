#include "counts.hpp"

/// The harmonic mean of precision and recall, 2 · right / (predicted + actual). van Rijsbergen
/// 1979, *Information Retrieval*, chapter 7. One output: of the class above ½. Several: the largest
/// output is the prediction, and the mean of the classes' f1 is taken (macro).
struct F1 : nnrun::Metric {
  static constexpr auto name = "f1", doc = "harmonic mean of precision and recall";
  static constexpr bool fraction = true, higher_is_better = true;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    return mean_over_classes(
        y, t, [](const Counts& c) { return 2 * c.right / (c.predicted + c.actual); });
  }
};
NNRUN_REGISTER(F1)
