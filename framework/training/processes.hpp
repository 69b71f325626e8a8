// The processes that share a training: who they are, what they tell each other, and how they add up
// their shards.
//
// An exchange plugin moves bytes; what is added to what is decided here, by the tree of the shards
// alone. So no exchange, and no number of processes, can change a bit.
#pragma once
#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "loading/object.hpp"
#include "training/shards.hpp"
namespace nnrun::host {

class Processes {
 public:
  /// Joins the others. Throws PluginError if that fails. Where the exchange starts them itself, it
  /// returns in each of them.
  explicit Processes(const Use& exchange);
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;
  /// Waits for all to leave, then leaves. A process that ends without it has failed.
  void leave();

  std::uint32_t rank() const { return rank_; }
  std::uint32_t count() const { return count_; }
  bool leads() const { return rank_ == 0; }
  const std::string& host(std::uint32_t rank) const { return hosts_[rank]; }
  /// Returns `rank 1 on host b`.
  std::string name_of(std::uint32_t rank) const;
  /// Returns how many of them run on this host.
  std::uint32_t count_here() const;
  const Class& exchange() const { return exchange_.plugin(); }

  /// Returns those of `shards` shards that a process works out.
  ShardRows shards_of(std::uint32_t rank, std::size_t shards) const {
    return ShardCut(shards, count_).rows_of(rank);
  }

  // All processes call these in the same order. They throw TrainingError if another one has ended.

  /// Returns what each process gives, by rank.
  template <class X>
  std::vector<X> gather(const X& own) {
    static_assert(std::is_trivially_copyable_v<X>);
    std::vector<X> all(count_);
    all[rank_] = own;
    gather(std::as_writable_bytes(std::span(all)), std::vector<std::size_t>(count_, sizeof(X)));
    return all;
  }
  std::vector<std::string> gather_texts(const std::string& own);
  /// Completes bytes that each process has a part of: the parts follow each other by rank.
  void gather(std::span<std::byte> all, const std::vector<std::size_t>& sizes);
  /// Gives all the bytes of rank 0.
  void broadcast(std::span<std::byte> bytes);
  std::vector<std::byte> broadcast_any(std::vector<std::byte> bytes);
  /// Adds up what all have taken in: of `shards` shards, each its own. The sum is then in
  /// numbers(0), its cost in cost(0).
  template <class T>
  void add_up(ShardSums<T>& sums, std::size_t shards);

  /// What rank 0 decides: how many steps come next; 0: no more.
  std::uint64_t next_steps(std::uint64_t steps);
  /// Returns how long rank 0 took, and tells every process of a signal that one of them has got.
  double after_steps(double seconds);
  std::function<int()> signal;             ///< that this process has got; 0: none
  std::function<void(int)> hear_a_signal;  ///< told of one, in every process

  /// For a thread that watches this one: since when it has waited, by the steady clock, and for
  /// whom; 0: it does not wait.
  struct Waiting {
    std::int64_t since_ns;
    std::uint32_t rank;
  };
  Waiting waiting() const {
    return {waits_since_.load(std::memory_order_relaxed),
            waits_for_.load(std::memory_order_relaxed)};
  }

 private:
  void require_order();
  void move(std::uint32_t to, std::span<const std::byte> out, std::uint32_t from,
            std::span<std::byte> in);
  template <class T>
  void add_up_by_halves(ShardSums<T>& sums);
  template <class T>
  void add_up_by_parts(ShardSums<T>& sums, std::size_t shards);

  Object exchange_;
  decltype(nnrun_exchange::move) move_;
  std::uint32_t rank_ = 0, count_ = 1;
  std::vector<std::string> hosts_;
  std::vector<std::byte> scratch_, packed_, received_;
  std::atomic<std::int64_t> waits_since_{0};
  std::atomic<std::uint32_t> waits_for_{0};
};

}  // namespace nnrun::host
