#include "pooling.hpp"

/// y[c] = the largest x[i, j, c]; of equal ones, the first gets the slope.
struct GlobalMaxPooling2d : pooling::GlobalLayer<pooling::Largest, GlobalMaxPooling2d, 3> {
  static constexpr auto name = "global_max_pooling2d", doc = "the largest number of each channel";
};
NNRUN_REGISTER(GlobalMaxPooling2d)
