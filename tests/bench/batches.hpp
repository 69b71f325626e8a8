// Batches through networks of several widths, against the most that the processor can multiply.
#pragma once
#include "networks.hpp"
#include "table.hpp"
namespace nnrun::bench {

/// Prints a table per network: by hand where that is written out, around the products of libraries
/// that are there, libtorch, Eigen's products in nnrun and our own, at one thread and at two. Adds
/// a line for each to the table of all.
void batches(host::Registry& registry, const ScratchFolder& folder, int rounds, Table& table);

}  // namespace nnrun::bench
