#include "of_numbers.hpp"

/// |y − t|, averaged over all outputs of all examples.
struct MeanAbsoluteError : OfNumbers<MeanAbsoluteError> {
  static constexpr auto name = "mean_absolute_error", doc = "mean of |y - t|";
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double sum = 0;
    for (std::size_t i = 0; i < y.rows * y.cols; ++i) {
      const double e = static_cast<double>(y.data[i]) - static_cast<double>(t.data[i]);
      sum += std::abs(e);
    }
    return sum / static_cast<double>(y.rows * y.cols);
  }
};
NNRUN_REGISTER(MeanAbsoluteError)
