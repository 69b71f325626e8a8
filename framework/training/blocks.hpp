// How a batch is cut for threads: first into blocks of rows, each of which runs forward, cost and
// backward to the inputs on one thread; then into tiles of the parameter gradient, each summed over
// the whole batch by one thread. Any number of threads gives the same bits: either no cut shows in
// a bit, as all layers say, or the cuts depend on sizes alone.
#pragma once
#include <cstddef>
#include <cstdint>

#include "network/graph.hpp"
namespace nnrun::host {

class Cuts {
 public:
  Cuts(const Graph& graph, unsigned threads);

  /// Returns the rows of a block, a multiple of the lanes; all of them if rows depend on each
  /// other.
  std::size_t block_rows(std::size_t rows) const;
  /// Returns the largest number of blocks that a batch of up to `rows` rows is cut into.
  std::size_t most_blocks(std::size_t rows) const;
  /// Returns the number of tiles of the parameter gradient.
  std::uint32_t tiles(std::size_t rows) const;

 private:
  bool coupled_, free_;
  double work_per_row_;
  unsigned threads_;
};

/// Returns the number of tiles that is the same for any number of threads, at most 8: the more
/// multiplications, the more tiles.
std::uint32_t tile_count(double work_per_row, std::size_t rows);

/// Returns how many threads to use: no more than there are blocks or tiles for, and 1 if a step is
/// too short to share. wanted: 0 for as many as the machine has.
unsigned useful_threads(unsigned wanted, std::size_t batch_rows, const Graph& graph);

}  // namespace nnrun::host
