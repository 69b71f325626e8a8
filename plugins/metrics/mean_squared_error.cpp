#include "of_errors.hpp"

/// (y − t)², averaged over all outputs of all examples; of classes in order, in ranks.
struct MeanSquaredError : OfErrors<MeanSquaredError> {
  static constexpr auto name = "mean_squared_error",
                        doc = "mean of (y - t)^2; of classes in order, in ranks";
  static double of(double error) { return error * error; }
  static double from(double mean) { return mean; }
};
NNRUN_REGISTER(MeanSquaredError)
