#include "pooling.hpp"

/// y[i, j, c] = the largest x[i s + k, j s + l, c]; of equal ones, the first gets the slope.
struct MaxPooling2d : pooling::Layer2d<pooling::Largest, MaxPooling2d> {
  static constexpr auto name = "max_pooling2d", doc = "the largest number of each window";
};
NNRUN_REGISTER(MaxPooling2d)
