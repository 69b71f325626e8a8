#include "averaged.hpp"

/// The harmonic mean of precision and recall, 2 · right / (predicted + actual); not defined for a
/// class that is neither there nor answered. van Rijsbergen 1979, *Information Retrieval*, chapter
/// 7; averages as in scikit-learn.
struct F1 : Averaged<F1> {
  static constexpr auto name = "f1", doc = "harmonic mean of precision and recall";
  static double share(const Counts& c) {
    const double both = c.predicted + c.actual;
    return both > 0 ? 2 * c.right / both : not_defined;
  }
};
NNRUN_REGISTER(F1)
