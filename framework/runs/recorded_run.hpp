// One run from its first step to its record.
#pragma once
#include <chrono>
#include <functional>
#include <future>
#include <optional>

#include "runs/checkpoints.hpp"
#include "runs/run_folder.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {

/// What is asked and told about checkpoints. Each may be empty.
struct CheckpointListener {
  std::function<bool()> wanted;  ///< asked between steps: true writes one now
  /// asked: it was wanted, the run is interrupted, or the one before failed. Not called for others
  /// that were due.
  std::function<void(std::uint64_t step)> written;
  /// The run goes on with those before. Not called again for one reason until a write succeeds.
  std::function<void(const Error&)> failed;
  std::function<void()> over;  ///< no step is to come
};

class RecordedRun {
 public:
  using Clock = std::chrono::steady_clock;

  /// Writes the config and its sources. start: when the run began, for its total time.
  RecordedRun(RunFolder folder, const Experiment& experiment, std::vector<std::string> command_line,
              Clock::time_point start);
  /// Goes on with a run that was recorded so far: `record` is that of its folder, with this start
  /// in `resumed`. Writes the config.
  RecordedRun(RunFolder folder, const Experiment& experiment, RunRecord record,
              Clock::time_point start);

  /// Makes the run keep checkpoints, as its config says, and say in run.json that it is running.
  void keep_checkpoints(CheckpointListener listener);

  /// Trains and writes metrics.csv, the model and run.json. If that fails, writes the reason to
  /// run.json and rethrows the error. name: the folder's name for the record; more: writes what
  /// else must be there before run.json says that the run is done.
  RunResult train(Trainer& trainer, Listener listener, std::string name,
                  const std::function<void()>& more = {});

  /// The config, which this refers to, is about to be changed while the run trains.
  void expect_change();
  /// It was changed: config.yaml, run.json and what is kept follow.
  void take_change(const Trainer& trainer);
  /// Writes the changes that were made so far, and the config that they began with. Writes nothing,
  /// and removes what was written, if there are none.
  void write_edits(const std::string& start, const std::string& edits, std::size_t count);

  /// Writes a checkpoint of this moment, in place of one of the same step, if the run keeps any.
  void checkpoint_now(const Trainer& trainer);

  const RunFolder& folder() const { return folder_; }
  /// Returns whether the run can go on from a checkpoint.
  bool has_checkpoint() const { return checkpoints_ && checkpoints_->exist(); }

 private:
  RunResult trained(Trainer& trainer, Listener& listener, std::string name);
  void start_sum(const Trainer& trainer);
  void take_sum();
  CsvFile metrics_file(const Trainer& trainer, Existing existing) const;
  bool go_on_if_it_fails(std::string& failure, const std::function<void()>& write);
  void advance(Trainer& trainer, Listener& listener);
  void save(const Trainer& trainer, bool asked);
  void observe_best(const EpochReport& report, Trainer& trainer);
  void write_record() { folder_.write_run(run_json(record_, experiment_)); }

  RunFolder folder_;
  const Experiment& experiment_;
  Clock::time_point start_;
  RunRecord record_;
  std::future<std::string> data_sum_;          // valid until the record has it
  std::optional<CheckpointListener> watched_;  // only if checkpoints are kept
  std::optional<Checkpoints> checkpoints_;
  // why the last write of each kind failed, as it was told; empty: it did not
  std::string checkpoint_failure_, best_failure_, metrics_failure_;
  bool metrics_are_old_ = false;  // the columns of metrics.csv are those of another config
};

/// Returns what a trainer's run reports, once it has ended so. before: the warnings before it;
/// name: of its folder; start: when it began.
RunResult result_of(Trainer& trainer, const Experiment& experiment, Outcome outcome,
                    std::vector<Problem> before, std::string name,
                    RecordedRun::Clock::time_point start);

/// Returns what a model's file says about its run, besides its numbers.
Metadata origin_of_model(const Experiment& experiment, std::uint64_t steps);

/// Writes run.json for a run that crashed or took too long and could not write its own.
void record_failure(const std::filesystem::path& folder, const Experiment& experiment,
                    const std::vector<std::string>& command_line, const std::string& error);

}  // namespace nnrun::host
