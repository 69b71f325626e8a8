#include "of_errors.hpp"

/// |y − t|, averaged over all outputs of all examples; of classes in order, in ranks.
struct MeanAbsoluteError : OfErrors<MeanAbsoluteError> {
  static constexpr auto name = "mean_absolute_error",
                        doc = "mean of |y - t|; of classes in order, in ranks";
  static double of(double error) { return std::abs(error); }
  static double from(double mean) { return mean; }
};
NNRUN_REGISTER(MeanAbsoluteError)
