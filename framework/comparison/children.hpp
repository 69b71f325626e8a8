// What the children of a comparison do, and what they tell their parent. A child that fails sends
// the error as a message.
#pragma once
#include <array>

#include "base/child.hpp"
#include "comparison/plan.hpp"
namespace nnrun::host {

/// In a child: builds the network and opens the data of each config, starting with number `from`,
/// and sends its sizes.
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

/// In a child: trains a run, records it in a folder and sends its progress.
int train_in_child(const ComparisonPlan& plan, const PlannedRun& run,
                   const std::filesystem::path& folder, const Child::Send& send);
struct RunProgress {
  double share, cost;  ///< share: how much of the run is done
};
RunProgress progress_in(const Message& message);

/// Returns the config of a run, with its seed and its fold.
Experiment experiment_of(const ComparisonPlan& plan, const PlannedRun& run);

}  // namespace nnrun::host
