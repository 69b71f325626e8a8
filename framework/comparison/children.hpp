// What the children of a comparison do, and what they tell their parent. A child that fails sends
// the error as a message.
#pragma once
#include <array>
#include <span>

#include "base/child.hpp"
#include "comparison/orders.hpp"
#include "comparison/plan.hpp"
namespace nnrun::host {

/// In a child: builds the network and opens the data of each config, starting with number `from`,
/// and sends what it is warned of and its sizes.
int send_sizes(const ComparisonPlan& plan, std::size_t from, const Child::Send& send);
struct ConfigSizes {
  std::size_t parameters;
  std::array<std::size_t, NNRUN_PARTS> examples;  ///< of each part
  std::vector<std::size_t> input;                 ///< of the network
  std::size_t units;                              ///< of the last layer; 0 if it has none
  std::size_t set_aside;                          ///< of a test part, while folds are held out
  std::vector<std::string> notes;                 ///< on the folds
};
ConfigSizes sizes_in(const Message& message);
std::vector<Problem> warnings_in(const Message& message);

/// In a child: trains the runs whose numbers are ordered, records each in a folder, sends its
/// progress and `ended`. Returns earlier if another process is better for the next one: this one
/// failed, took long, or took memory that the next would be charged with.
/// may_share: of each config, as below.
int train_in_child(const ComparisonPlan& plan, std::span<const PlannedRun> runs,
                   const std::vector<bool>& may_share, const Orders& orders,
                   const std::string& process, const Child::Send& send);
/// Returns whether runs of a config may be trained in one process, one after the other. Those of
/// other people's libraries may not: what they keep in variables of their own would go from one run
/// to the next. Nor may those whose times are compared: the first one in a process takes longer.
bool may_share_process(const ComparisonPlan& plan, const ComparedConfig& config);
struct RunProgress {
  double share, cost;  ///< share: how much of the run is done
};
RunProgress progress_in(const Message& message);

/// Returns the config of a run, with its seed and its fold.
Experiment experiment_of(const ComparisonPlan& plan, const PlannedRun& run);

}  // namespace nnrun::host
