#include "counts.hpp"

/// The share of what was said that was meant; 0 where nothing was said. One output: the class above
/// ½. Several: the largest output is said, and the mean over the classes is taken (macro), as
/// scikit-learn has it.
struct Precision : nnrun::Metric {
  static constexpr auto name = "precision", doc = "share of the answers for a class that are right";
  static constexpr bool fraction = true, higher_is_better = true;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    return mean_over_classes(y, t,
                             [](const Counts& c) { return c.said > 0 ? c.both / c.said : 0; });
  }
};
NNRUN_REGISTER(Precision)
