#include "answers.hpp"

/// The share of answers that are right. Classes: of the examples whose largest output is where the
/// largest target is. One output: of the examples whose output is on the same side of its border as
/// the target. Several labels: of all labels; exact_match has the share of examples.
struct Accuracy : OfAnswers {
  static constexpr auto name = "accuracy", doc = "share of answers that are right";
  static constexpr auto adjective = "accurate";
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    return over_classes(y, t, [](const std::vector<Counts>& classes, double rows) {
      double right = 0;
      for (const Counts& c : classes) right += c.right;
      return right / rows;
    });
  }
  const char* word() const { return are_labels(meaning.cols) ? "of labels" : ""; }
};
NNRUN_REGISTER(Accuracy)
