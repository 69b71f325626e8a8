// The processes that share a training: who they are, what they tell each other, and how they add up
// their shards.
//
// An exchange plugin moves bytes; what is added to what is decided here, by the tree of the shards
// alone. So no exchange, and no number of processes, can change a bit.
#pragma once
#include <atomic>
#include <bit>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "loading/object.hpp"
#include "training/shards.hpp"
namespace nnrun::host {

/// What one process sends, or receives, when sums of so many bytes are added up: how many messages
/// one after the other, and their bytes in all.
struct Traffic {
  double messages, bytes;
};
Traffic traffic_of(std::size_t bytes, std::uint32_t processes, std::size_t shards);

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
  /// Returns whether some numbers of a sum can be added up before the others are there: those of
  /// all shards of this process are one sum then.
  bool can_add_up_some() const { return count_ > 1 && std::has_single_bit(count_); }
  /// Adds up some of the numbers, whole lanes, and if they are the last ones, the cost. On any
  /// thread, but on one at a time.
  template <class T>
  void add_up_some(ShardSums<T>& sums, std::size_t from, std::size_t count);

  /// What rank 0 decides: how many steps come next, 0: no more; and whether sums of layers go from
  /// process to process before all layers are done.
  struct NextSteps {
    std::uint64_t count;
    bool early;
  };
  NextSteps next_steps(NextSteps steps);
  /// Returns how long rank 0 took, and tells every process of a signal that one of them has got.
  double after_steps(double seconds);
  std::function<int()> signal;             ///< that this process has got; 0: none
  std::function<void(int)> hear_a_signal;  ///< told of one, in every process

  /// Returns whether steps are being made that rank 0 has decided: the others do not wait for it
  /// to decide on more.
  bool is_in_steps() const { return is_in_steps_; }

  /// For a thread that watches this one: since when it has waited, by the steady clock, and for
  /// whom; 0: it does not wait. move: how many messages of the same exchange came before. Who waits
  /// for a process that is gone waits with an earlier one than who waits for that one in turn.
  struct Waiting {
    std::int64_t since_ns;
    std::uint32_t rank, move;
  };
  Waiting waiting() const {
    return {waits_since_.load(std::memory_order_relaxed),
            waits_for_.load(std::memory_order_relaxed), moves_.load(std::memory_order_relaxed)};
  }
  static constexpr std::uint32_t everybody = ~0u;  ///< Waiting::rank while it leaves

 private:
  void require_order();
  void wait_for(std::uint32_t rank);
  void move(std::uint32_t to, std::span<const std::byte> out, std::uint32_t from,
            std::span<std::byte> in);
  template <class T>
  void add_up_by_halves(T* numbers, std::size_t n, bool has_cost);
  template <class T>
  void add_up_by_parts(ShardSums<T>& sums, std::size_t shards);

  Object exchange_;
  decltype(nnrun_exchange::move) move_;
  std::uint32_t rank_ = 0, count_ = 1;
  std::vector<std::string> hosts_;
  std::vector<std::byte> scratch_, packed_, received_;
  std::atomic<std::int64_t> waits_since_{0};
  std::atomic<std::uint32_t> waits_for_{0}, moves_{0};
  bool is_in_steps_ = false;
};

}  // namespace nnrun::host
