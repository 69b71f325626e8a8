#include "training/sharing.hpp"

#include <algorithm>
#include <bit>

#include "base/error.hpp"
namespace nnrun::host {

std::size_t rows_of_this_process(const Experiment& experiment, std::size_t batch_rows,
                                 const Processes* processes) {
  if (processes == nullptr || processes->count() == 1) return batch_rows;
  const Placed<std::size_t>& shards = experiment.train.shards;
  if (shards.value < processes->count())
    throw ConfigError(
        Problem{.what = std::to_string(processes->count()) + " processes cannot share a batch of " +
                        std::to_string(shards.value) + (shards.value == 1 ? " shard" : " shards"),
                .place = shards.place,
                .where = shards.place.source ? "" : experiment.file.string(),
                .hint = "write shards: " + std::to_string(std::bit_ceil(processes->count())) +
                        " in train, or more"});
  const ShardRows own = processes->shards_of(processes->rank(), shards.value);
  return std::min(batch_rows, ShardCut(batch_rows, shards.value).most_rows() * own.count);
}

ShardRows rows_of_process(const Experiment& experiment, std::size_t rows,
                          const Processes& processes, std::uint32_t rank) {
  const std::size_t shards = experiment.train.shards.value;
  const ShardRows own = processes.shards_of(rank, shards);
  return ShardCut(rows, shards).rows_of(own.from, own.count);
}

}  // namespace nnrun::host
