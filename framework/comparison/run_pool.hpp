// Runs of a comparison, each in a child process of its own, several at a time.
#pragma once
#include <functional>
#include <span>
#include <string>

#include "comparison/plan.hpp"
namespace nnrun::host {

/// Who is told. All may be empty.
struct PoolListener {
  std::function<void(const PlannedRun&)> started;
  /// share of the run that is done, and its present cost
  std::function<void(const PlannedRun&, double share, double cost)> progress;
  std::function<void(const PlannedRun&)> ended;  ///< its folder is there
  std::function<bool()> stop;                    ///< asked often; true ends all children
};

/// Trains the runs. A run that fails, crashes or takes too long is recorded so, and the rest goes
/// on. Each folder appears whole, when its run has ended. False: stopped; what had ended is there.
bool train_runs(const ComparisonPlan& plan, std::span<const PlannedRun> runs, unsigned jobs,
                const PoolListener& listener);

}  // namespace nnrun::host
