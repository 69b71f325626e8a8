// One update: from a gradient to the next parameters.
#pragma once
#include <optional>

#include "network/buffer.hpp"
#include "network/graph.hpp"
#include "training/monitor.hpp"
#include "training/run_state.hpp"
#include "training/team.hpp"
namespace nnrun::host {

/// The stretch of the flat vectors that a regularizer works on.
struct RegularizedRange {
  Object regularizer;
  const nnrun_regularizer_functions* functions;  ///< of the run's dtype
  std::size_t from, count;                       ///< whole lanes; padding is 0 and stays 0
  double rate_factor;
};

/// Clipping, regularizers, the current learning rate, and the optimizer with its slots.
template <class T>
class Descent {
 public:
  /// team: shares the updates of many parameters; nullptr: one thread makes them.
  Descent(const Graph& graph, const Experiment& experiment, const DataShape& data,
          std::size_t batch_rows, T* w, T* g, Team* team = nullptr);

  /// Updates the parameters. The gradient must be finite and that of the cost alone.
  void step();
  /// Takes in the report of a finished epoch, for schedules that watch a value.
  void observe(const EpochReport& report);
  std::uint64_t steps() const { return update_.step; }
  /// Calls f(numbers) for each vector that a step changes, but for the parameters.
  template <class F>
  void for_each_vector(F f) const {
    for (const Buffer<T>& slot : slots_) f(slot.all());
    if (!regularized_.empty()) f(regularizer_state_.all());
  }
  /// What else a step changes.
  struct Moment {
    std::uint64_t step = 0;
    double rate = 0;
  };
  Moment moment() const { return {update_.step, update_.rate}; }
  void set_moment(const Moment& moment) {
    update_.step = moment.step;
    update_.rate = moment.rate;
  }
  /// Returns how many epochs the run is planned to begin, whether `epochs` or `steps` says so.
  std::size_t planned_epochs() const {
    return static_cast<std::size_t>((planned_steps_ + steps_per_epoch_ - 1) / steps_per_epoch_);
  }
  /// Returns the objects that change parameters: the optimizer and the regularizers.
  std::vector<const Object*> updaters() const;
  double learning_rate() const { return update_.rate; }  ///< of the last step
  /// Sets the rate of the steps to come, which a schedule multiplies.
  void set_learning_rate(double rate) { base_rate_ = update_.rate = rate; }
  std::uint64_t steps_per_epoch() const { return steps_per_epoch_; }
  /// Returns the parts of the gradient that matter.
  const std::vector<LearningStretch>& learning() const { return learning_; }
  void add_to(RunState& state);
  /// Returns what is impossible in restored numbers; empty if they can be those of a run that ended
  /// so many epochs.
  std::string fault(std::uint64_t epochs) const;

 private:
  /// The update of a stretch, or of a thread's part of it; where all parameters learn at one rate,
  /// on one thread, there are none.
  struct Part {
    double rate_factor;
    std::vector<void*> slots;
    nnrun_update update;
  };
  bool is_whole_only() const;  ///< the optimizer takes all parameters at once
  void split(const Experiment& experiment);
  void step_with_options();
  void add_part(std::size_t from, std::size_t count, double rate_factor);
  void update_parts();
  double factor() const;
  void clip();

  Team* team_;
  Object optimizer_, schedule_;
  int (*apply_)(void*, const nnrun_update*);
  double base_rate_, clip_value_, clip_norm_;
  std::uint64_t warmup_, planned_steps_, steps_per_epoch_;
  std::optional<Monitor> monitor_;  // only with a schedule
  std::vector<double> history_;     // the monitored value of each epoch
  T *w_, *g_;
  std::vector<Buffer<T>> slots_;
  std::vector<void*> slot_pointers_;
  std::vector<RegularizedRange> regularized_;
  Buffer<T> regularizer_state_;
  nnrun_update update_{};
  std::vector<LearningStretch> learning_;
  bool is_split_ = false, is_plain_ = false;  // plain: a step is one call of the optimizer
  std::vector<Part> parts_;
};

}  // namespace nnrun::host
