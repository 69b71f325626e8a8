// The gradient of a batch that is cut into shards: each is worked out as a batch of its own, and
// the sums go along the tree of `ShardSums`.
#pragma once
#include <algorithm>

#include "training/early_sums.hpp"
#include "training/objective.hpp"
namespace nnrun::host {

template <class T>
class ShardedGradient {
 public:
  /// Keeps references to all of them. state: of the layers; gradient: n numbers, and room for
  /// `room_behind` more. processes: those that share the shards; nullptr: this one has them all.
  ShardedGradient(const Graph& graph, std::size_t shards, Objective<T>& objective,
                  std::span<T> state, T* gradient, std::size_t n, Team& team, Processes* processes)
      : shards_(shards),
        own_(processes ? processes->shards_of(processes->rank(), shards) : ShardRows{0, shards}),
        processes_(processes),
        objective_(objective),
        state_(state),
        moves_(gradient + n),
        state_before_(state.size()),
        sums_(gradient, n + state.size(), static_cast<std::uint32_t>(own_.from),
              static_cast<std::uint32_t>(own_.count), team) {
    if (processes != nullptr && processes->can_add_up_some())
      early_.emplace(graph, sums_, *processes);
    if (early_ && !early_->is_worth_it()) early_.reset();
  }
  /// Returns the room behind a gradient: how the state moves, and a cost.
  static std::size_t room_behind(std::size_t state) { return state + NNRUN_LANES; }

  /// Writes the gradient of a batch of `rows` rows, and returns its cost. batch_of(rows): the batch
  /// that these rows of it are; done(rows, outputs): takes their outputs. step: from 1.
  template <class BatchOf, class Done>
  double compute(std::size_t rows, std::uint64_t step, BatchOf batch_of, Done done) {
    const ShardCut cut(rows, shards_);
    const std::size_t end = own_.from + own_.count;
    const bool early = is_early_ && rows >= shards_;  // the same in every process
    sums_.restart();
    for (std::size_t shard = own_.from; shard < end; ++shard) {
      const ShardRows own = cut.rows_of(shard);
      if (own.count == 0) {
        std::fill_n(sums_.room(), sums_.size(), T(0));
        sums_.take(0);
        continue;
      }
      objective_.set_batch(batch_of(own), step);
      const bool goes_early = early && shard + 1 == end;
      if (goes_early) early_->begin();
      const double cost = goes_early
                              ? objective_.backpropagate(
                                    sums_.room(), [this](std::size_t k) { early_->are_whole(k); })
                              : objective_.backpropagate(sums_.room());
      done(own, objective_.outputs());
      if (!state_.empty())
        note_move(static_cast<T>(static_cast<double>(own.count) / static_cast<double>(rows)));
      if (!goes_early)
        sums_.take(cost);
      else
        add_up_rest(cost);
    }
    if (!early && is_shared()) add_up();
    return sums_.cost(0);
  }
  /// Returns whether sums of layers can go to other processes before all layers are done, and that
  /// may pay.
  bool can_be_early() const { return early_.has_value(); }
  /// Says whether they do; the same in every process.
  void set_early(bool early) { is_early_ = early && can_be_early(); }
  /// Returns what adding up over the processes took since the start.
  const AddingUp& adding_up() const { return adding_up_; }
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

  bool is_shared() const { return processes_ != nullptr && processes_->count() > 1; }
  void add_up() {
    const double took = seconds_in([&] { processes_->add_up(sums_, shards_); });
    adding_up_.add({1, 0, took, took});
  }
  /// Waits for what went early, then adds up what comes behind the gradient.
  void add_up_rest(double cost) {
    const std::size_t n = sums_.size() - state_.size();
    const double waited = seconds_in([&] { early_->finish(); });
    const double took = seconds_in([&] {
      sums_.take(cost, n);
      processes_->add_up_some(sums_, n, state_.size());
    });
    adding_up_.add({1, 1, early_->seconds() + took, waited + took});
  }

  std::size_t shards_;
  ShardRows own_;  // shards that this process works out
  Processes* processes_;
  Objective<T>& objective_;
  std::span<T> state_;
  const T* moves_;
  std::vector<T> state_before_;
  ShardSums<T> sums_;
  std::optional<EarlySums<T>> early_;  // only where that may pay
  bool is_early_ = false;
  AddingUp adding_up_;
};

}  // namespace nnrun::host
