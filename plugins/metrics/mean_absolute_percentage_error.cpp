#include "of_numbers.hpp"

/// |y − t| / |t|, averaged over all outputs of all examples: 0.1 is ten percent, as in
/// scikit-learn. Not defined if a target is 0.
struct MeanAbsolutePercentageError : OfNumbers<MeanAbsolutePercentageError> {
  static constexpr auto name = "mean_absolute_percentage_error", other_name = "mape",
                        doc = "mean of |y - t| / |t|; 0.1 is ten percent";
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double sum = 0;
    for (std::size_t i = 0; i < y.rows * y.cols; ++i) {
      const double target = static_cast<double>(t.data[i]);
      if (target == 0) return std::nan("");
      sum += std::abs((static_cast<double>(y.data[i]) - target) / target);
    }
    return sum / static_cast<double>(y.rows * y.cols);
  }
};
NNRUN_REGISTER(MeanAbsolutePercentageError)
