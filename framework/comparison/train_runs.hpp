// Runs of a comparison, in child processes, several at a time.
#pragma once
#include <functional>
#include <span>
#include <string>

#include "comparison/children.hpp"
namespace nnrun::host {

/// Functions called on the way. All may be empty.
struct RunsListener {
  std::function<void(const PlannedRun&)> started;
  std::function<void(const PlannedRun&, RunProgress)> progress;
  std::function<void(const PlannedRun&)> ended;  ///< its folder exists now
  std::function<bool()> stop;                    ///< called often; true ends all children
};

/// Trains the runs. A run that fails, crashes or takes too long is recorded as failed, and the rest
/// go on. Each folder appears complete, once its run has ended. Returns false if it was stopped;
/// runs that had ended are kept.
bool train_runs(const ComparisonPlan& plan, std::span<const PlannedRun> runs, unsigned jobs,
                const RunsListener& listener);

}  // namespace nnrun::host
