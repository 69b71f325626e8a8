// One step down: what happens between a gradient and the next parameters.
#pragma once
#include <optional>

#include "network/buffer.hpp"
#include "network/graph.hpp"
#include "training/monitor.hpp"
#include "training/run_state.hpp"
namespace nnrun::host {

/// The stretch of the flat vectors that a regularizer works on.
struct RegularizedRange {
  Object regularizer;
  const nnrun_regularizer_functions* functions;  ///< of the run's dtype
  std::size_t from, count;                       ///< whole lanes; padding is 0 and stays 0
};

/// Clipping, regularizers, the learning rate of the moment, and the optimizer with its slots.
template <class T>
class Descent {
 public:
  Descent(const Graph& graph, const Experiment& experiment, const DataShape& data,
          std::size_t batch_rows, T* w, T* g);

  /// Takes the gradient as it is: finite, of the cost alone.
  void step();
  /// The epoch is over: what schedules watch.
  void observe(const EpochReport& report);
  std::uint64_t steps() const { return update_.step; }
  /// Begun epochs of the run as planned, by epochs or by steps.
  std::size_t planned_epochs() const {
    return static_cast<std::size_t>((planned_steps_ + steps_per_epoch_ - 1) / steps_per_epoch_);
  }
  /// What changes parameters: the optimizer, and regularizers.
  std::vector<const Object*> updaters() const;
  double learning_rate() const { return update_.rate; }  ///< of the last step
  void add_to(RunState& state);

 private:
  double factor() const;
  void clip();

  Object optimizer_, schedule_;
  int (*apply_)(void*, const nnrun_update*);
  double base_rate_, clip_value_, clip_norm_;
  std::uint64_t warmup_, planned_steps_, steps_per_epoch_;
  std::optional<Monitor> monitor_;  // where there is a schedule
  std::vector<double> history_;     // of the monitored value, an epoch each
  T *w_, *g_;
  std::vector<Buffer<T>> slots_;
  std::vector<void*> slot_pointers_;
  std::vector<RegularizedRange> regularized_;
  Buffer<T> regularizer_state_;
  nnrun_update update_{};
};

}  // namespace nnrun::host
