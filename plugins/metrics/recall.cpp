#include "counts.hpp"

/// The share of what was meant that was said; 0 where nothing was meant. One output: the class
/// above ½. Several: the largest output is said, and the mean over the classes is taken (macro), as
/// scikit-learn has it.
struct Recall : nnrun::Metric {
  static constexpr auto name = "recall", doc = "share of the examples of a class that are found";
  static constexpr bool fraction = true, higher_is_better = true;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    return mean_over_classes(y, t,
                             [](const Counts& c) { return c.meant > 0 ? c.both / c.meant : 0; });
  }
};
NNRUN_REGISTER(Recall)
