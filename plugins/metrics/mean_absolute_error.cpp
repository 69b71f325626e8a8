#include "answers.hpp"
#include "of_numbers.hpp"

/// |y − t|, averaged over all outputs of all examples. Classes in order: how many ranks the
/// likeliest class is away from the true one.
struct MeanAbsoluteError : OfNumbers<MeanAbsoluteError> {
  static constexpr auto name = "mean_absolute_error",
                        doc = "mean of |y - t|; of classes in order, in ranks";
  void prepare(const nnrun::Meaning& m) { in_ranks_ = m.targets == NNRUN_ORDERED; }
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double sum = 0;
    if (in_ranks_ && any_unknown(y)) return not_defined;
    if (in_ranks_ && y.cols > 1) {
      for (std::size_t r = 0; r < y.rows; ++r) sum += ranks_between(y[r], t[r]);
      return sum / static_cast<double>(y.rows);
    }
    for (std::size_t i = 0; i < y.rows * y.cols; ++i) {
      const double e = static_cast<double>(y.data[i]) - static_cast<double>(t.data[i]);
      sum += std::abs(e);
    }
    return sum / static_cast<double>(y.rows * y.cols);
  }
  /// Classes in order: of the examples of each class.
  template <class T>
  void per_class(nnrun::Rows<const T> y, nnrun::Rows<const T> t, std::span<double> out) const {
    if (!in_ranks_) return OfNumbers::per_class(y, t, out);
    std::vector<double> examples(out.size());
    std::ranges::fill(out, 0.);
    for (std::size_t r = 0; r < y.rows; ++r) {
      const std::size_t actual = largest_of(t[r]);
      ++examples[actual];
      out[actual] += ranks_between(y[r], t[r]);
    }
    const bool unknown = any_unknown(y);
    for (std::size_t c = 0; c < out.size(); ++c)
      out[c] = unknown || examples[c] == 0 ? not_defined : out[c] / examples[c];
  }
  const char* word() const { return in_ranks_ ? "in ranks" : ""; }

 private:
  template <class T>
  static double ranks_between(std::span<const T> y, std::span<const T> t) {
    return std::abs(static_cast<double>(largest_of(y)) - static_cast<double>(largest_of(t)));
  }
  bool in_ranks_ = false;
};
NNRUN_REGISTER(MeanAbsoluteError)
