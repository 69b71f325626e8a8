#include "answers.hpp"

/// How many examples of class i the network puts into class j; as a number, how many answers are
/// wrong. One output: no and yes, by the border. Several: the largest output is the answer, the
/// largest target the true class. Several labels have no such table.
struct ConfusionMatrix : OfAnswers {
  static constexpr auto name = "confusion_matrix",
                        doc = "examples by class and answer; as a number: the wrong answers";
  static constexpr bool fraction = false, higher_is_better = false;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double wrong = static_cast<double>(y.rows * (are_labels(y.cols) ? y.cols : 1));
    for (const Counts& c : counts_of(y, t)) {
      if (are_labels(y.cols)) wrong -= no_and_yes(c, y.rows)[0].right;
      wrong -= c.right;
    }
    return wrong;
  }
  template <class T>
  void table(nnrun::Rows<const T> y, nnrun::Rows<const T> t, nnrun::Rows<double> counts) const {
    for (std::size_t r = 0; r < y.rows; ++r)
      ++counts[class_of(t[r], is_true(t[r][0]))][class_of(y[r], is_answered(y[r][0]))];
  }

 private:
  template <class T>
  static std::size_t class_of(std::span<const T> row, bool yes) {
    return row.size() == 1 ? yes : largest_of(row);
  }
};
NNRUN_REGISTER(ConfusionMatrix)
