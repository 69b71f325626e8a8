#include "training/blocks.hpp"

#include <algorithm>
#include <thread>

#include "network/buffer.hpp"
namespace nnrun::host {

std::size_t block_rows(std::size_t rows, bool coupled) {
  if (rows < 32 || coupled) return padded(rows);
  return rows <= 128 ? padded((rows + 1) / 2) : 64;
}

std::size_t most_blocks(std::size_t rows) {
  return std::max<std::size_t>(rows < 32 ? 1 : 2, (rows + 63) / 64);
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
  const std::size_t block = block_rows(batch_rows, graph.couples_rows());
  const std::size_t shares =
      std::max<std::size_t>((batch_rows + block - 1) / block, tile_count(work, batch_rows));
  const unsigned machine = std::max(1u, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::min<std::size_t>(wanted ? wanted : machine, shares));
}

}  // namespace nnrun::host
