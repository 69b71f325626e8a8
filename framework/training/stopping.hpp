// What ends a run before its last epoch: limits, and a value that no longer improves.
#pragma once
#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "training/monitor.hpp"
#include "training/run_state.hpp"
namespace nnrun::host {

/// What a run has used of its limits.
struct Spent {
  std::uint64_t steps = 0, examples = 0;
  double seconds = 0;
};

/// `steps`, `max_examples` and `max_seconds`; 0: no limit.
class Limits {
 public:
  explicit Limits(const Experiment& experiment)
      : steps_(experiment.train.steps),
        examples_(experiment.train.max_examples),
        seconds_(experiment.train.max_seconds) {}

  bool reached(const Spent& spent) const {
    return (steps_ > 0 && spent.steps >= steps_) ||
           (examples_ > 0 && spent.examples >= examples_) ||
           (seconds_ > 0 && spent.seconds >= seconds_);
  }
  /// Returns how many of the `count` examples of an epoch may be used before `steps` or
  /// `max_examples` is reached, with those that were seen.
  std::size_t allowed(std::size_t count, std::size_t seen, std::size_t batch_rows,
                      const Spent& spent) const {
    const auto left = [](std::uint64_t limit, std::uint64_t used) {
      return limit - std::min(limit, used);
    };
    std::size_t more = count - seen;
    if (examples_ > 0) more = std::min<std::size_t>(more, left(examples_, spent.examples));
    if (steps_ > 0)
      more = std::min<std::size_t>(
          more, std::min<std::size_t>(left(steps_, spent.steps), more) * batch_rows);
    return seen + more;
  }

 private:
  std::uint64_t steps_, examples_;
  double seconds_;
};

/// Early stopping. Keeps the parameters and the state of the best epoch if they are to be restored.
template <class T>
class Patience {
 public:
  /// Throws ConfigError if the value to monitor does not exist.
  Patience(const Experiment& experiment, const DataShape& data)
      : how_(*experiment.train.early_stopping), monitor_(how_.monitor, experiment, data) {}

  /// Takes in an epoch that ended with w and state. One whose value is not defined is never the
  /// best.
  void observe(const EpochReport& report, std::span<const T> w, std::span<const T> state) {
    const double value = monitor_.value_of(report);
    if (std::isnan(value)) return;
    if (best_epoch_ != 0 && !monitor_.improves(value, best_value_, how_.min_delta)) return;
    best_value_ = value;
    best_epoch_ = report.epoch;
    if (!how_.restore_best) return;
    best_.assign(w.begin(), w.end());
    best_.insert(best_.end(), state.begin(), state.end());
  }
  /// Returns whether too many epochs have passed since the best one, if there was one. epochs: that
  /// ended.
  bool is_out(std::uint64_t epochs) const {
    return best_epoch_ != 0 && epochs - best_epoch_ > how_.patience;
  }
  std::uint64_t best_epoch() const { return best_epoch_; }  ///< 0: there was none
  void add_to(RunState& state) {
    state.add("best/epoch", best_epoch_);
    state.add("best/value", best_value_);
    state.add("best/numbers", best_);
  }
  /// Returns what is impossible in restored numbers; empty if nothing is. numbers: of w and state.
  std::string fault(std::uint64_t epochs, std::size_t numbers) const {
    if (best_epoch_ > epochs) return "'best/epoch' is not an epoch of the run";
    if (best_.size() != (how_.restore_best && best_epoch_ > 0 ? numbers : 0))
      return "'best/numbers' has " + std::to_string(best_.size()) + " numbers";
    return {};
  }
  /// Returns whether there are numbers to restore.
  bool keeps() const { return !best_.empty(); }
  void restore(std::span<T> w, std::span<T> state) const {
    std::copy_n(best_.begin(), w.size(), w.begin());
    std::copy_n(best_.end() - static_cast<std::ptrdiff_t>(state.size()), state.size(),
                state.begin());
  }

 private:
  EarlyStopping how_;
  Monitor monitor_;
  std::uint64_t best_epoch_ = 0;
  double best_value_ = 0;
  std::vector<T> best_;  // parameters, then state
};

}  // namespace nnrun::host
