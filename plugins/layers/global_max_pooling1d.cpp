#include "pooling.hpp"

/// y[c] = the largest x[i, c]; of equal ones, the first gets the slope.
struct GlobalMaxPooling1d : pooling::GlobalLayer<pooling::Largest, GlobalMaxPooling1d, 2> {
  static constexpr auto name = "global_max_pooling1d",
                        doc = "the largest number of each channel of a sequence";
};
NNRUN_REGISTER(GlobalMaxPooling1d)
