// The gradient of a batch that is cut into shards: each is worked out as a batch of its own, and
// the sums go along the tree of `ShardSums`.
#pragma once
#include <algorithm>

#include "training/objective.hpp"
#include "training/processes.hpp"
namespace nnrun::host {

template <class T>
class ShardedGradient {
 public:
  /// Keeps references to all of them. state: of the layers; gradient: n numbers, and room for
  /// `room_behind` more. processes: those that share the shards; nullptr: this one has them all.
  ShardedGradient(std::size_t shards, Objective<T>& objective, std::span<T> state, T* gradient,
                  std::size_t n, Team& team, Processes* processes)
      : shards_(shards),
        own_(processes ? processes->shards_of(processes->rank(), shards) : ShardRows{0, shards}),
        processes_(processes),
        objective_(objective),
        state_(state),
        moves_(gradient + n),
        state_before_(state.size()),
        sums_(gradient, n + state.size(), static_cast<std::uint32_t>(own_.from),
              static_cast<std::uint32_t>(own_.count), team) {}
  /// Returns the room behind a gradient: how the state moves, and a cost.
  static std::size_t room_behind(std::size_t state) { return state + NNRUN_LANES; }

  /// Writes the gradient of a batch of `rows` rows, and returns its cost. batch_of(rows): the batch
  /// that these rows of it are; done(rows, outputs): takes their outputs. step: from 1.
  template <class BatchOf, class Done>
  double compute(std::size_t rows, std::uint64_t step, BatchOf batch_of, Done done) {
    const ShardCut cut(rows, shards_);
    sums_.restart();
    for (std::size_t shard = own_.from; shard < own_.from + own_.count; ++shard) {
      const ShardRows own = cut.rows_of(shard);
      if (own.count == 0) {
        std::fill_n(sums_.room(), sums_.size(), T(0));
        sums_.take(0);
        continue;
      }
      objective_.set_batch(batch_of(own), step);
      const double cost = objective_.backpropagate(sums_.room());
      done(own, objective_.outputs());
      if (!state_.empty())
        note_move(static_cast<T>(static_cast<double>(own.count) / static_cast<double>(rows)));
      sums_.take(cost);
    }
    if (processes_ != nullptr) processes_->add_up(sums_, shards_);
    return sums_.cost(0);
  }
  /// Lets layers with state learn from the step that is over.
  void observe() {
    for (std::size_t i = 0; i < state_.size(); ++i) state_[i] += moves_[i];
  }
  /// Returns the first fault among the shards of a batch that was evaluated, which is then the
  /// objective's; without a plugin if there is none.
  template <class BatchOf>
  Fault find_fault(std::size_t rows, std::uint64_t step, BatchOf batch_of) {
    const ShardCut cut(rows, shards_);
    for (std::size_t shard = 0; shard < shards_; ++shard) {
      const ShardRows own = cut.rows_of(shard);
      if (own.count == 0) continue;
      objective_.set_batch(batch_of(own), step);
      if (const Fault fault = objective_.find_fault(sums_.numbers(0)); fault.plugin) return fault;
    }
    return {};
  }

 private:
  /// Writes how far this shard alone would move the state, times its share of the rows, behind its
  /// gradient. So the state moves by the mean of the shards, and is that of the step before until
  /// all of them are done.
  void note_move(T share) {
    std::ranges::copy(state_, state_before_.begin());
    objective_.observe();
    T* const to = sums_.room() + (sums_.size() - state_.size());
    for (std::size_t i = 0; i < state_.size(); ++i) to[i] = share * (state_[i] - state_before_[i]);
    std::ranges::copy(state_before_, state_.begin());
  }

  std::size_t shards_;
  ShardRows own_;  // shards that this process works out
  Processes* processes_;
  Objective<T>& objective_;
  std::span<T> state_;
  const T* moves_;
  std::vector<T> state_before_;
  ShardSums<T> sums_;
};

}  // namespace nnrun::host
