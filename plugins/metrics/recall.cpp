#include "averaged.hpp"

/// The share of the examples of a class that are found; not defined without such examples. van
/// Rijsbergen 1979, *Information Retrieval*, chapter 7; averages as in scikit-learn.
struct Recall : Averaged<Recall> {
  static constexpr auto name = "recall", doc = "share of the examples of a class that are found";
  static double share(const Counts& c) { return c.actual > 0 ? c.right / c.actual : not_defined; }
};
NNRUN_REGISTER(Recall)
