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

std::vector<Need> needs_of_run(const Graph& graph, const Experiment& experiment,
                               std::size_t batch_rows, std::size_t n_slots, unsigned threads,
                               std::size_t output_rows) {
  const Bytes width = experiment.dtype == Dtype::float32 ? 4 : 8,
              parameters = Bytes{graph.n_parameters + graph.n_state} * width;
  const auto& stopping = experiment.train.early_stopping;
  const bool keeps_best = stopping && stopping->restore_best;
  std::vector<Need> needs;
  if (keeps_best)
    needs.push_back({.what = "the parameters of the best epoch",
                     .bytes = parameters,
                     .hint = "write restore_best: false in train.early_stopping"});
  const std::size_t shards = experiment.train.shards.value,
                    rows = ShardCut(batch_rows, shards).most_rows(),
                    sums = most_sums_at_once(0, static_cast<std::uint32_t>(shards)) - 1;
  std::vector<Bytes> arrays(2 + n_slots + sums + keeps_best, parameters);
  for (const Node& node : graph.nodes)
    for (const std::size_t n : {rows, rows, output_rows})  // values, slopes, and outputs
      arrays.insert(arrays.end(), node.activation && !node.activates_in_place ? 2 : 1,
                    Bytes{n} * node.cols * width);
  needs.push_back(around_arrays(arrays));
  const unsigned more = useful_threads(threads, rows, graph) - 1;
  // each has a stack, and a stretch of addresses that its allocator reserves
  if (more > 0)
    needs.push_back({.what = "the stacks of threads",
                     .bytes = (Bytes{8} + 64) << 20,
                     .copies = more,
                     .is_address_space = true});
  return needs;
}

}  // namespace nnrun::host
