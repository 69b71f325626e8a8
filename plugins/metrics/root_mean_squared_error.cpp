#include "of_numbers.hpp"

/// √ of the mean of (y − t)² over all outputs of all examples: an error in the targets' own unit.
/// Keras' RootMeanSquaredError.
struct RootMeanSquaredError : OfNumbers<RootMeanSquaredError> {
  static constexpr auto name = "root_mean_squared_error", other_name = "rmse",
                        doc = "square root of the mean of (y - t)^2";
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double sum = 0;
    for (std::size_t i = 0; i < y.rows * y.cols; ++i) {
      const double e = static_cast<double>(y.data[i]) - static_cast<double>(t.data[i]);
      sum += e * e;
    }
    return std::sqrt(sum / static_cast<double>(y.rows * y.cols));
  }
};
NNRUN_REGISTER(RootMeanSquaredError)
