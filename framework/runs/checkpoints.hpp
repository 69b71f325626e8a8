// The checkpoints that a run keeps on its way: when one is due, and which stay.
#pragma once
#include <chrono>
#include <optional>

#include "config/checkpoint_interval.hpp"
#include "runs/checkpoint.hpp"
#include "training/monitor.hpp"
namespace nnrun::host {

class Checkpoints {
 public:
  /// Keeps a reference to the experiment. Takes in what the trainer has reported so far.
  Checkpoints(const std::filesystem::path& run, const Experiment& experiment,
              const Trainer& trainer);

  /// Returns false for a run that keeps none.
  bool are_kept() const { return interval_.steps + interval_.epochs > 0 || interval_.seconds > 0; }
  /// Returns whether one was written, in this process or before.
  bool exist() const { return last_step_.has_value(); }
  /// Returns how many steps are to be made before the next; Trainer::every_step if time decides.
  std::uint64_t steps_left(const Trainer& trainer) const;
  /// Returns whether the next one is due by the clock.
  bool is_due() const { return interval_.seconds > 0 && Clock::now() >= due_; }

  /// Takes in that all that were written are gone.
  void forget() { last_step_.reset(); }
  /// Counts the time to the next from now on.
  void postpone() { schedule_next({}); }
  /// Writes a checkpoint of this moment, unless there is one of it or of a later step, then removes
  /// those that are no longer kept. Throws RecordError; then those before are all there.
  void write(const Trainer& trainer, const CheckpointOrigin& origin);
  /// Notes a report. Returns whether it is the best so far by the value that the config watches;
  /// false if it watches none.
  bool is_best(const EpochReport& report);
  /// Writes the model of the best epoch so far, then removes the one before. metadata: of the file.
  /// Throws RecordError.
  void write_best(std::size_t epoch, const Model& model, const Metadata& metadata) const;

 private:
  using Clock = std::chrono::steady_clock;

  void create_folder() const;
  void schedule_next(Clock::duration took);

  std::filesystem::path folder_;
  const Experiment& experiment_;
  CheckpointInterval interval_;
  Clock::time_point due_;
  std::optional<std::uint64_t> last_step_;
  std::optional<Monitor> monitor_;  // only if a value is watched
  std::optional<double> best_value_;
};

}  // namespace nnrun::host
