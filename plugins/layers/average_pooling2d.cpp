#include "pooling.hpp"

/// y[i, j, c] = the mean of x[i s + k, j s + l, c]. Over the edge of the image nothing counts, as
/// in Keras; PyTorch counts zeros there.
struct AveragePooling2d : pooling::Layer2d<pooling::Mean, AveragePooling2d> {
  static constexpr auto name = "average_pooling2d", doc = "the mean of each window";
};
NNRUN_REGISTER(AveragePooling2d)
