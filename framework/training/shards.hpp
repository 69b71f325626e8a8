// How a batch is cut into shards, and how what the shards give is added up.
//
// A shard is some rows of the batch, decided by sizes alone. Sums go along one binary tree over all
// shards, decided by their number alone: whoever works a shard out, and whoever adds two sums, the
// bits are the same.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "config/experiment.hpp"
#include "network/buffer.hpp"
#include "training/team.hpp"
namespace nnrun::host {

inline bool is_sharded(const Experiment& experiment) {
  return experiment.train.shards.value > 1;
}

/// Some rows in a row: of a batch, from its first on.
struct ShardRows {
  std::size_t from, count;
};

/// A batch of so many rows, in so many shards. All have as many rows, give or take one; of fewer
/// rows than shards, some have none.
class ShardCut {
 public:
  ShardCut(std::size_t rows, std::size_t shards) : rows_(rows), shards_(shards) {}
  ShardRows rows_of(std::size_t shard) const { return rows_of(shard, 1); }
  /// Returns those of some shards in a row.
  ShardRows rows_of(std::size_t first, std::size_t count) const {
    const std::size_t from = start_of(first);
    return {from, start_of(first + count) - from};
  }
  /// Returns the most rows that one shard has.
  std::size_t most_rows() const { return (rows_ + shards_ - 1) / shards_; }

 private:
  std::size_t start_of(std::size_t shard) const { return rows_ * shard / shards_; }
  std::size_t rows_, shards_;
};

/// A node of the tree: the sum of `count` shards from `first` on. count is a power of two, and
/// divides first.
struct ShardNode {
  std::uint32_t first = 0, count = 1;

  /// Returns whether the sum of both is a node of the tree, this one its left part.
  bool is_left_of(const ShardNode& right) const {
    return count == right.count && first % (2 * count) == 0 && right.first == first + count;
  }
};

/// Returns the fewest nodes that are the sum of some shards in a row, from left to right.
inline std::vector<ShardNode> nodes_of(std::uint32_t first, std::uint32_t count) {
  std::vector<ShardNode> nodes;
  while (count > 0) {
    std::uint32_t size = 1;
    while (first % (2 * size) == 0 && 2 * size <= count) size *= 2;
    nodes.push_back({first, size});
    first += size;
    count -= size;
  }
  return nodes;
}

/// Returns how many sums there are at once while such shards are added up, each as soon as its
/// sibling is there.
inline std::size_t most_sums_at_once(std::uint32_t first, std::uint32_t count) {
  std::size_t most = 0;
  for (std::uint32_t n = 1; n <= count; ++n)
    most = std::max(most, nodes_of(first, n - 1).size() + 1);
  return most;
}

/// Adds numbers to others, one by one. n: whole lanes.
void add_numbers(float* to, const float* from, std::size_t n);
void add_numbers(double* to, const double* from, std::size_t n);

/// Adds up what shards give, in their order, and keeps a sum only until its sibling is there: at
/// most one for each level of the tree.
template <class T>
class ShardSums {
 public:
  /// numbers: n of them, whole lanes, with a lane behind them, where the sum is in the end; `count`
  /// shards from `first_shard` on. Keeps references to the team and the numbers.
  ShardSums(T* numbers, std::size_t n, std::uint32_t first_shard, std::uint32_t count, Team& team)
      : n_(n),
        sums_in_the_end_(nodes_of(first_shard, count).size()),
        first_(first_shard),
        team_(team) {
    const std::size_t rooms = most_sums_at_once(first_shard, count);
    for (std::size_t i = 0; i < rooms; ++i) {
      if (i > 0) others_.emplace_back(n + NNRUN_LANES);
      rooms_.push_back(i == 0 ? numbers : others_.back().data());
    }
    nodes_.resize(rooms);
  }

  /// Begins with the first shard again.
  void restart() {
    taken_ = 0;
    next_ = first_;
  }
  /// Returns where the numbers of the next shard are to be written.
  T* room() { return rooms_[taken_]; }
  std::size_t size() const { return n_; }
  /// Takes in the next shard, whose numbers are written, and adds it to its sibling, if that is
  /// there. early: of so many numbers, the first ones, take_early has done so.
  void take(double cost, std::size_t early = 0) {
    nodes_[taken_] = {next_++, 1};
    set_cost(taken_++, cost);
    for (; taken_ > 1 && nodes_[taken_ - 2].is_left_of(nodes_[taken_ - 1]); --taken_) {
      add(rooms_[taken_ - 2] + early, rooms_[taken_ - 1] + early, n_ - early);
      set_cost(taken_ - 2, this->cost(taken_ - 2) + this->cost(taken_ - 1));
      nodes_[taken_ - 2].count *= 2;
    }
  }
  /// Adds some numbers of the last of all shards to its siblings, before the others are written: on
  /// any thread. Whole lanes.
  void take_early(std::size_t from, std::size_t count) const {
    for (std::size_t i = taken_; i > 0 && i >= sums_in_the_end_; --i)
      add_numbers(rooms_[i - 1] + from, rooms_[i] + from, count);
  }
  /// Returns how many sums are left: one if the shards are those of one node.
  std::size_t count() const { return taken_; }
  const ShardNode& node(std::size_t i) const { return nodes_[i]; }
  T* numbers(std::size_t i) const { return rooms_[i]; }
  /// Returns the cost of a sum, which lies behind its numbers, so that both can be sent as one.
  double cost(std::size_t i) const {
    double cost;
    std::memcpy(&cost, rooms_[i] + n_, sizeof cost);
    return cost;
  }
  std::size_t bytes() const { return n_ * sizeof(T) + sizeof(double); }

 private:
  void set_cost(std::size_t i, double cost) { std::memcpy(rooms_[i] + n_, &cost, sizeof cost); }
  void add(T* to, const T* from, std::size_t n) {
    // fewer take less time than waking a thread
    constexpr std::size_t worth_sharing = 1 << 16;
    if (team_.size() == 1 || n < worth_sharing) return add_numbers(to, from, n);
    const std::size_t each = padded((n + team_.size() - 1) / team_.size());
    team_.share((n + each - 1) / each, [&](std::size_t i, unsigned) {
      add_numbers(to + i * each, from + i * each, std::min(each, n - i * each));
    });
  }

  std::size_t n_, sums_in_the_end_;
  std::uint32_t first_, next_ = 0;
  std::size_t taken_ = 0;
  Team& team_;
  std::vector<Buffer<T>> others_;
  std::vector<T*> rooms_;
  std::vector<ShardNode> nodes_;
};

}  // namespace nnrun::host
