// What changing training images costs.
#pragma once
#include "loading/registry.hpp"
namespace nnrun::bench {

/// Prints the time of each augmentation for an image of MNIST's size, with its random numbers.
void augmentations(host::Registry& registry, int rounds);

}  // namespace nnrun::bench
