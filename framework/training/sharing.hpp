// What each process of a training has of a batch, and how the outputs of all come together.
#pragma once
#include "config/experiment.hpp"
#include "training/batches.hpp"
#include "training/processes.hpp"
namespace nnrun::host {

/// Returns the most rows of a batch that this process works out. Throws ConfigError if there are
/// fewer shards than processes. processes: nullptr: this one is alone.
std::size_t rows_of_this_process(const Experiment& experiment, std::size_t batch_rows,
                                 const Processes* processes);
/// Returns those of a batch of so many rows that a process works out.
ShardRows rows_of_process(const Experiment& experiment, std::size_t rows,
                          const Processes& processes, std::uint32_t rank);

/// Examples of an epoch, in batches.
struct Stretch {
  std::size_t from, end, batch_rows;
  std::uint64_t epoch;
};

/// Gives every process the outputs of all batches of a stretch.
template <class T>
void share_outputs(Processes& processes, const Experiment& experiment, Batches<T>& batches,
                   const Stretch& stretch, std::size_t output_cols) {
  const std::size_t bytes = output_cols * sizeof(T);
  const auto each_part = [&](std::uint32_t rank, auto f) {
    for (std::size_t at = stretch.from; at < stretch.end; at += stretch.batch_rows) {
      const std::size_t rows = std::min(stretch.batch_rows, stretch.end - at);
      const ShardRows own = rows_of_process(experiment, rows, processes, rank);
      f(at + own.from, own.count);
    }
  };
  const auto each_row = [&](std::uint32_t rank, auto f) {
    each_part(rank, [&](std::size_t from, std::size_t count) {
      for (std::size_t i = from; i < from + count; ++i)
        f(reinterpret_cast<std::byte*>(batches.kept_at(i, stretch.epoch)));
    });
  };
  std::vector<std::size_t> sizes(processes.count(), 0);
  for (std::uint32_t rank = 0; rank < processes.count(); ++rank)
    each_part(rank, [&](std::size_t, std::size_t count) { sizes[rank] += count * bytes; });
  std::vector<std::byte> all((stretch.end - stretch.from) * bytes);
  std::byte* own = all.data();
  for (std::uint32_t rank = 0; rank < processes.rank(); ++rank) own += sizes[rank];
  each_row(processes.rank(), [&](const std::byte* row) { own = std::copy_n(row, bytes, own); });
  processes.gather(all, sizes);
  const std::byte* row = all.data();
  for (std::uint32_t rank = 0; rank < processes.count(); ++rank)
    each_row(rank, [&](std::byte* to) {
      std::copy_n(row, bytes, to);
      row += bytes;
    });
}

}  // namespace nnrun::host
