// An order of examples that goes through the data in blocks: blocks of neighbours are drawn from
// all of them, some at a time, and the examples of these are shuffled. Xu and others, "In-Database
// Machine Learning with CorgiPile", SIGMOD 2022.
#pragma once
#include <utility>
#include <vector>

#include "config/experiment.hpp"
#include "network/random.hpp"
namespace nnrun::host {

/// A function of seed and epoch, worked out where it is asked for: memory does not depend on how
/// many examples there are, but for four bytes a block.
class BlockOrder {
 public:
  /// Keeps a reference to random. Throws ConfigError if its numbers depend on what was drawn
  /// before.
  BlockOrder(std::size_t count, const BlockShuffle& how, Random& random);

  /// Goes to the blocks that are shuffled together with example number `at` of an epoch. Returns
  /// whether they are other ones than before.
  bool go_to(std::size_t at, std::uint64_t epoch);
  /// Return which example that is, and its number among those of the present blocks.
  std::uint32_t example(std::size_t at) const { return examples_[within_[at - from_]]; }
  std::uint32_t within(std::size_t at) const { return within_[at - from_]; }

  struct Block {
    std::size_t first, count;  ///< examples
  };
  const std::vector<Block>& blocks() const { return blocks_; }  ///< the present ones
  std::uint64_t epoch() const { return epoch_; }
  std::size_t most_together() const { return std::min(count_, size_ * together_); }

 private:
  std::size_t start_of(std::size_t group) const;

  Random& random_;
  std::size_t count_, size_, together_, n_blocks_, n_groups_;
  std::vector<std::uint32_t> order_;  // of all blocks
  std::size_t short_at_ = 0;          // where the last block is in it
  std::uint64_t epoch_ = 0;           // of order_; 0: there is none yet
  std::size_t from_ = 0;              // number of the first of those together
  std::vector<Block> blocks_;
  std::vector<std::uint32_t> examples_, within_;  // in the order of blocks_; in the order to see
};

}  // namespace nnrun::host
