#include "pooling.hpp"

/// y[c] = the mean of all x[i, j, c].
struct GlobalAveragePooling2d : pooling::GlobalLayer2d<pooling::Mean, GlobalAveragePooling2d> {
  static constexpr auto name = "global_average_pooling2d", doc = "the mean of each channel";
};
NNRUN_REGISTER(GlobalAveragePooling2d)
