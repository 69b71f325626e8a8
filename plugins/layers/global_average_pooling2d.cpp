#include "pooling.hpp"

/// y[c] = the mean of all x[i, j, c].
struct GlobalAveragePooling2d : pooling::GlobalLayer<pooling::Mean, GlobalAveragePooling2d, 3> {
  static constexpr auto name = "global_average_pooling2d", doc = "the mean of each channel";
};
NNRUN_REGISTER(GlobalAveragePooling2d)
