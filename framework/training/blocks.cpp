#include "training/blocks.hpp"

#include <algorithm>
#include <thread>

#include "network/buffer.hpp"
namespace nnrun::host {
namespace {

std::size_t rounded_up(std::size_t n, std::size_t of) {
  return (n + of - 1) / of;
}

/// Half of a batch of up to 128 rows, 64 of a larger one.
std::size_t fixed_block_rows(std::size_t rows) {
  if (rows < 32) return padded(rows);
  return rows <= 128 ? padded((rows + 1) / 2) : 64;
}

/// As many as threads, or a multiple: what a block's layers hand on is to stay in the cache.
std::size_t free_blocks(std::size_t rows, unsigned threads) {
  constexpr std::size_t most_rows = 256;
  return threads * rounded_up(rows, threads * most_rows);
}
std::size_t free_block_rows(std::size_t rows, unsigned threads) {
  std::size_t block = padded(rounded_up(rows, free_blocks(rows, threads)));
  // one row alone may be added up in another order
  while (rows % block == 1 && rows > 1) block += NNRUN_LANES;
  return block;
}

}  // namespace

Cuts::Cuts(const Graph& graph, unsigned threads)
    : coupled_(graph.couples_rows()),
      free_(graph.free_cuts()),
      work_per_row_(graph.work_per_row()),
      threads_(threads) {}

std::size_t Cuts::block_rows(std::size_t rows) const {
  if (coupled_) return padded(rows);
  return free_ ? free_block_rows(rows, threads_) : fixed_block_rows(rows);
}

std::size_t Cuts::most_blocks(std::size_t rows) const {
  if (free_) return free_blocks(rows, threads_);
  return std::max<std::size_t>(rows < 32 ? 1 : 2, rounded_up(rows, 64));
}

std::uint32_t Cuts::tiles(std::size_t rows) const {
  if (!free_) return tile_count(work_per_row_, rows);
  // fewer multiplications take less time than waiting for other threads
  constexpr double worthwhile = 5e5;
  return work_per_row_ * static_cast<double>(rows) < worthwhile ? 1 : threads_;
}

std::uint32_t tile_count(double work_per_row, std::size_t rows) {
  // below a million multiplications a barrier costs more than a tile saves
  constexpr double worthwhile = 1.5e6;
  const double work = work_per_row * static_cast<double>(rows);
  std::uint32_t tiles = 1;
  while (tiles < 8 && work >= worthwhile * 2 * tiles) tiles *= 2;
  return tiles;
}

unsigned useful_threads(unsigned wanted, std::size_t batch_rows, const Graph& graph) {
  const double work = graph.work_per_row();
  // some 20 microseconds of multiplications: what waking a thread may cost
  if (static_cast<double>(batch_rows) * work < 2e5) return 1;
  const unsigned machine = std::max(1u, std::thread::hardware_concurrency());
  const unsigned threads = wanted ? wanted : machine;
  if (graph.free_cuts() && !graph.couples_rows()) {
    // each has a few rows, and work for longer than waking it takes
    const double shares = static_cast<double>(batch_rows) * work / 1e5;
    return static_cast<unsigned>(std::min<double>(threads, shares));
  }
  const Cuts cuts(graph, threads);
  const std::size_t blocks = rounded_up(batch_rows, cuts.block_rows(batch_rows)),
                    shares = std::max<std::size_t>(blocks, tile_count(work, batch_rows));
  return static_cast<unsigned>(std::min<std::size_t>(threads, shares));
}

}  // namespace nnrun::host
