#include "counts.hpp"

/// How many examples of class i the network puts into class j; as a number, how many it puts into a
/// wrong one. One output: the classes on both sides of ½, or of 0 if targets are ±1. Several: the
/// largest output is the prediction, the largest target the true class.
struct ConfusionMatrix : nnrun::Metric {
  static constexpr auto name = "confusion_matrix",
                        doc = "examples by class and answer; as a number: the wrong answers";
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    const T middle = middle_of(t);
    std::size_t wrong = 0;
    for (std::size_t r = 0; r < y.rows; ++r)
      wrong += class_of(y[r], middle) != class_of(t[r], middle);
    return static_cast<double>(wrong);
  }
  template <class T>
  void table(nnrun::Rows<const T> y, nnrun::Rows<const T> t, nnrun::Rows<double> counts) const {
    const T middle = middle_of(t);
    for (std::size_t r = 0; r < y.rows; ++r)
      ++counts[class_of(t[r], middle)][class_of(y[r], middle)];
  }
};
NNRUN_REGISTER(ConfusionMatrix)
