#include "averaged.hpp"

/// The share of the answers for a class that are right; 0 for a class that is there and was never
/// answered, not defined without either. van Rijsbergen 1979, *Information Retrieval*, chapter 7;
/// averages as in scikit-learn.
struct Precision : Averaged<Precision> {
  static constexpr auto name = "precision", doc = "share of the answers for a class that are right";
  static double share(const Counts& c) {
    return c.predicted > 0 ? c.right / c.predicted : c.actual > 0 ? 0 : not_defined;
  }
};
NNRUN_REGISTER(Precision)
