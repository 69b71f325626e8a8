// How a batch is cut for threads: first into blocks of rows, each of which runs forward, cost and
// backward to the inputs on one thread; then into tiles of the parameter gradient, each summed over
// the whole batch by one thread. The cuts depend on sizes alone, so any number of threads gives the
// same bits.
#pragma once
#include <cstddef>
#include <cstdint>

#include "network/graph.hpp"
namespace nnrun::host {

/// Returns the rows of a block: half of a batch of up to 128 (in whole lanes), 64 of a larger one,
/// all of them if rows depend on each other.
std::size_t block_rows(std::size_t rows, bool coupled);
/// Returns the largest number of blocks that a batch of up to `rows` rows is cut into.
std::size_t most_blocks(std::size_t rows);
/// Returns the number of tiles of the parameter gradient, at most 8: the more multiplications, the
/// more tiles.
std::uint32_t tile_count(double work_per_row, std::size_t rows);

/// Returns how many threads to use: no more than there are blocks or tiles for, and 1 if a step is
/// too short to share. wanted: 0 for as many as the machine has.
unsigned useful_threads(unsigned wanted, std::size_t batch_rows, const Graph& graph);

}  // namespace nnrun::host
