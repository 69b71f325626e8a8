// What the children of a comparison do, and what they tell their parent. Where one fails, it sends
// the error as a message.
#pragma once
#include "base/child.hpp"
#include "comparison/plan.hpp"
namespace nnrun::host {

/// In a child: builds the network and opens the data of the configs from `from` on, and sends what
/// that tells of each.
int send_sizes(const ComparisonPlan& plan, std::size_t from, const Child::Send& send);
struct ConfigSizes {
  std::size_t parameters, training;  ///< training: examples of that part
  std::string part;                  ///< that counts
};
ConfigSizes sizes_in(const Message& message);

/// In a child: trains a run and leaves it in a folder, sending how far it is.
int train_in_child(const ComparisonPlan& plan, const PlannedRun& run,
                   const std::filesystem::path& folder, const Child::Send& send);
struct RunProgress {
  double share, cost;  ///< share: of the run that is done
};
RunProgress progress_in(const Message& message);

/// The config of a run, with its seed.
Experiment experiment_of(const ComparisonPlan& plan, const PlannedRun& run);

}  // namespace nnrun::host
