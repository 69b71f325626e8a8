#include "of_numbers.hpp"

/// (y − t)², averaged over all outputs of all examples.
struct MeanSquaredError : OfNumbers<MeanSquaredError> {
  static constexpr auto name = "mean_squared_error", doc = "mean of (y - t)^2";
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double sum = 0;
    for (std::size_t i = 0; i < y.rows * y.cols; ++i) {
      const double e = static_cast<double>(y.data[i]) - static_cast<double>(t.data[i]);
      sum += e * e;
    }
    return sum / static_cast<double>(y.rows * y.cols);
  }
};
NNRUN_REGISTER(MeanSquaredError)
