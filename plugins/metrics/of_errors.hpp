#pragma once
#include "answers.hpp"
#include "of_numbers.hpp"

/// What metrics share that make a mean of errors y − t. Of classes in order, an error is by how
/// many ranks the likeliest class is above the true one. C gives `of(error)`, what is averaged, and
/// `from(mean)`, the value.
template <class C>
struct OfErrors : OfNumbers<C> {
  void prepare(const nnrun::Meaning& m) { in_ranks_ = m.targets == NNRUN_ORDERED; }
  const char* word() const { return in_ranks_ ? "in ranks" : ""; }

  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double sum = 0;
    if (in_ranks_ && any_unknown(y)) return not_defined;
    if (in_ranks_ && y.cols > 1) {
      for (std::size_t r = 0; r < y.rows; ++r) sum += C::of(ranks_above(y[r], t[r]));
      return C::from(sum / static_cast<double>(y.rows));
    }
    for (std::size_t i = 0; i < y.rows * y.cols; ++i)
      sum += C::of(static_cast<double>(y.data[i]) - static_cast<double>(t.data[i]));
    return C::from(sum / static_cast<double>(y.rows * y.cols));
  }

  /// Classes in order: of the examples of each class.
  template <class T>
  void per_class(nnrun::Rows<const T> y, nnrun::Rows<const T> t, std::span<double> out) const {
    if (!in_ranks_) return OfNumbers<C>::per_class(y, t, out);
    std::vector<double> examples(out.size());
    std::ranges::fill(out, 0.);
    for (std::size_t r = 0; r < y.rows; ++r) {
      const std::size_t actual = largest_of(t[r]);
      ++examples[actual];
      out[actual] += C::of(ranks_above(y[r], t[r]));
    }
    const bool unknown = any_unknown(y);
    for (std::size_t c = 0; c < out.size(); ++c)
      out[c] = unknown || examples[c] == 0 ? not_defined : C::from(out[c] / examples[c]);
  }

 private:
  template <class T>
  static double ranks_above(std::span<const T> y, std::span<const T> t) {
    return static_cast<double>(largest_of(y)) - static_cast<double>(largest_of(t));
  }
  bool in_ranks_ = false;
};
