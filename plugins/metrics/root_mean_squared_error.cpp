#include "of_errors.hpp"

/// √ of the mean of (y − t)² over all outputs of all examples: an error in the targets' own unit;
/// of classes in order, in ranks. Keras' RootMeanSquaredError.
struct RootMeanSquaredError : OfErrors<RootMeanSquaredError> {
  static constexpr auto name = "root_mean_squared_error", other_name = "rmse",
                        doc = "square root of the mean of (y - t)^2; of classes in order, in ranks";
  static double of(double error) { return error * error; }
  static double from(double mean) { return std::sqrt(mean); }
};
NNRUN_REGISTER(RootMeanSquaredError)
