// One run from its first step to its record.
#pragma once
#include <chrono>

#include "runs/run_folder.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {

class RecordedRun {
 public:
  using Clock = std::chrono::steady_clock;

  /// Writes the config and its sources. start: when the run began, for its total time.
  RecordedRun(RunFolder folder, const Experiment& experiment, std::vector<std::string> command_line,
              Clock::time_point start);

  /// Trains and writes metrics.csv, the model and run.json. If that fails, writes the reason to
  /// run.json and rethrows the error. name: the folder's name for the record.
  RunResult train(Trainer& trainer, Listener listener, std::string name);

  const RunFolder& folder() const { return folder_; }

 private:
  RunResult trained(Trainer& trainer, Listener& listener, std::string name);

  RunFolder folder_;
  const Experiment& experiment_;
  Clock::time_point start_;
  RunRecord record_;
};

/// Writes run.json for a run that crashed or took too long and could not write its own.
void record_failure(const std::filesystem::path& folder, const Experiment& experiment,
                    const std::vector<std::string>& command_line, const std::string& error);

}  // namespace nnrun::host
