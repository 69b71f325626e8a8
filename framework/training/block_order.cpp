#include "training/block_order.hpp"

#include <algorithm>
namespace nnrun::host {

BlockOrder::BlockOrder(std::size_t count, const BlockShuffle& how, Random& random)
    : random_(random),
      count_(count),
      size_(std::min(how.block_size, count)),
      together_(how.blocks),
      n_blocks_((count + size_ - 1) / size_),
      n_groups_((n_blocks_ + together_ - 1) / together_),
      order_(n_blocks_) {
  if (random.is_sequential())
    throw ConfigError(Problem{.what = "blocks cannot be drawn by '" +
                                      random.object().plugin().name +
                                      "': its numbers depend on how many were drawn before",
                              .place = random.object().place(),
                              .hint = "write random: philox, or shuffle: true"});
}

/// Of all blocks, only the last may be shorter.
std::size_t BlockOrder::start_of(std::size_t group) const {
  if (group >= n_groups_) return count_;
  const std::size_t blocks = group * together_, missing = n_blocks_ * size_ - count_;
  return blocks * size_ - (short_at_ < blocks ? missing : 0);
}

bool BlockOrder::go_to(std::size_t at, std::uint64_t epoch) {
  if (epoch == epoch_ && at >= from_ && at < from_ + within_.size()) return false;
  if (epoch != epoch_) {
    random_.shuffle(order_, "shuffle/blocks", epoch);
    const auto last = std::ranges::find(order_, static_cast<std::uint32_t>(n_blocks_ - 1));
    short_at_ = static_cast<std::size_t>(last - order_.begin());
    epoch_ = epoch;
  }
  std::size_t group = std::min(at / (size_ * together_), n_groups_ - 1);
  if (at >= start_of(group + 1)) ++group;
  from_ = start_of(group);
  blocks_.clear();
  examples_.clear();
  for (std::size_t i = group * together_; i < std::min(n_blocks_, (group + 1) * together_); ++i) {
    const std::size_t first = order_[i] * size_, n = std::min(size_, count_ - first);
    blocks_.push_back({first, n});
    for (std::size_t k = 0; k < n; ++k) examples_.push_back(static_cast<std::uint32_t>(first + k));
  }
  within_.resize(examples_.size());
  random_.shuffle(within_, "shuffle/examples", epoch * n_groups_ + group);
  return true;
}

}  // namespace nnrun::host
