// Convolutions alone, pass by pass, beside plain loops.
#pragma once
#include "loading/registry.hpp"
namespace nnrun::bench {

/// Prints how many multiplications and additions a second each pass makes, by one thread.
void convolutions(host::Registry& registry, int rounds);

/// Prints the share of what a core can do that each pass of layers of images makes.
void shares_of_peak(host::Registry& registry, int rounds);

/// Returns the seconds that the pools of LeNet and relu before them take for an example, of a batch
/// of 64, forward and back, by one thread.
double pools_and_relu(host::Registry& registry, int rounds);

}  // namespace nnrun::bench
