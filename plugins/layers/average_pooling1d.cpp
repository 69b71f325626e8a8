#include "pooling.hpp"

/// y[i, c] = the mean of x[i s + k, c]. Beyond the ends nothing counts, as in Keras.
struct AveragePooling1d : pooling::Layer1d<pooling::Mean, AveragePooling1d> {
  static constexpr auto name = "average_pooling1d", doc = "the mean of each window of a sequence";
};
NNRUN_REGISTER(AveragePooling1d)
