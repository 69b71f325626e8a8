// The memory that steps take, with what the shards of a batch add to it.
#pragma once
#include "network/memory_needs.hpp"
namespace nnrun::host {

/// Returns what training in batches of so many rows needs: parameters, gradients, slots, values of
/// a batch, or of one shard, and the scratch of every thread. A batch that is cut into shards takes
/// a gradient more for each level of their tree. threads: as Trainer::create takes them.
std::vector<Need> needs_of_training(const Graph& graph, const Experiment& experiment,
                                    std::size_t batch_rows, std::size_t n_slots, unsigned threads);

/// Returns what a run takes besides: a copy of the best epoch, what the system rounds up, the
/// stacks of threads. output_rows: examples that are evaluated at a time.
std::vector<Need> needs_of_run(const Graph& graph, const Experiment& experiment,
                               std::size_t batch_rows, std::size_t n_slots, unsigned threads,
                               std::size_t output_rows);

}  // namespace nnrun::host
