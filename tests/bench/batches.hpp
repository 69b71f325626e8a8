// Batches through networks of several widths, against the most that the processor can multiply.
#pragma once
#include "networks.hpp"
namespace nnrun::bench {

/// Prints a table per network: by hand where that is written out, Eigen's products and our own, at
/// one thread and at two.
void batches(host::Registry& registry, const ScratchFolder& folder, int rounds);

/// Returns how many fused multiplications and additions of float this core makes in a second, all
/// in registers.
double fused_per_second();

}  // namespace nnrun::bench
