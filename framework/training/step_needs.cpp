#include "training/step_needs.hpp"

#include "training/blocks.hpp"
#include "training/shards.hpp"
namespace nnrun::host {

std::vector<Need> needs_of_training(const Graph& graph, const Experiment& experiment,
                                    std::size_t batch_rows, std::size_t n_slots, unsigned threads) {
  const std::size_t shards = experiment.train.shards.value,
                    rows = ShardCut(batch_rows, shards).most_rows();
  const std::size_t more = most_sums_at_once(0, static_cast<std::uint32_t>(shards)) - 1;
  return needs_of(graph, experiment.dtype, rows, n_slots + more,
                  useful_threads(threads, rows, graph));
}

}  // namespace nnrun::host
