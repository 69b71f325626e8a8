#include "counts.hpp"

/// The share of examples whose answer is right: one output is on the same side of ½ as the target,
/// or of 0 if targets are ±1; of several, the largest is where the largest target is.
struct Accuracy : nnrun::Metric {
  static constexpr auto name = "accuracy", doc = "share of examples whose answer is right";
  static constexpr nnrun::Range targets{-1, 1};
  static constexpr auto question = "on which side of a half an output lies", adjective = "accurate";
  static constexpr bool fraction = true, higher_is_better = true;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    const T middle = middle_of(t);
    std::size_t right = 0;
    for (std::size_t r = 0; r < y.rows; ++r)
      right += class_of(y[r], middle) == class_of(t[r], middle);
    return static_cast<double>(right) / static_cast<double>(y.rows);
  }
};
NNRUN_REGISTER(Accuracy)
