#include "answers.hpp"

/// The share of examples of which every label is right: scikit-learn's accuracy_score of several
/// labels. With classes or a single output it is the accuracy.
struct ExactMatch : OfAnswers {
  static constexpr auto name = "exact_match",
                        doc = "share of examples of which every label is right";
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    if (any_unknown(y)) return not_defined;
    double right = 0;
    for (std::size_t r = 0; r < y.rows; ++r) right += is_right(y[r], t[r]);
    return right / static_cast<double>(y.rows);
  }

 private:
  template <class T>
  bool is_right(std::span<const T> y, std::span<const T> t) const {
    if (y.size() > 1 && !are_labels(y.size())) return largest_of(y) == largest_of(t);
    return std::ranges::equal(y, t, [&](T a, T b) { return is_answered(a) == is_true(b); });
  }
};
NNRUN_REGISTER(ExactMatch)
