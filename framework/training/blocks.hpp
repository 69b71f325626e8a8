// How a batch is cut for threads: into blocks of rows that run forward, cost and backward to the
// inputs on one thread each, then into tiles of parameter gradients, each summed whole over the
// batch by one thread. All of it follows from the sizes alone, so any number of threads gives the
// same bits.
#pragma once
#include <cstddef>
#include <cstdint>

#include "network/graph.hpp"
namespace nnrun::host {

/// Rows of one block: half a batch of up to 128 in whole lanes, 64 beyond; all of them where they
/// depend on each other.
std::size_t block_rows(std::size_t rows, bool coupled);
/// The most blocks that any batch of up to `rows` is cut into.
std::size_t most_blocks(std::size_t rows);
/// Parts of the parameter gradient: by the multiplications that they hold, at most 8.
std::uint32_t tile_count(double work_per_row, std::size_t rows);

/// No more threads than blocks and tiles can use, and one where a step is too short to share.
/// wanted: 0 for as many as the machine has.
unsigned useful_threads(unsigned wanted, std::size_t batch_rows, const Graph& graph);

}  // namespace nnrun::host
