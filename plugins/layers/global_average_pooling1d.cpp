#include "pooling.hpp"

/// y[c] = the mean of all x[i, c].
struct GlobalAveragePooling1d : pooling::GlobalLayer<pooling::Mean, GlobalAveragePooling1d, 2> {
  static constexpr auto name = "global_average_pooling1d",
                        doc = "the mean of each channel of a sequence";
};
NNRUN_REGISTER(GlobalAveragePooling1d)
