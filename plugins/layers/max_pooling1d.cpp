#include "pooling.hpp"

/// y[i, c] = the largest x[i s + k, c]; of equal ones, the first gets the slope.
struct MaxPooling1d : pooling::Layer1d<pooling::Largest, MaxPooling1d> {
  static constexpr auto name = "max_pooling1d",
                        doc = "the largest number of each window of a sequence";
};
NNRUN_REGISTER(MaxPooling1d)
