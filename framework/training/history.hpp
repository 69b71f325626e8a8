// The reports of a run so far.
#pragma once
#include <vector>

#include "training/outcome.hpp"
#include "training/run_state.hpp"
namespace nnrun::host {

class History {
 public:
  bool empty() const { return reports_.empty(); }
  const std::vector<EpochReport>& reports() const { return reports_; }
  const EpochReport& append(EpochReport report);

  void add_to(RunState& state) { state.add("history", numbers_); }
  /// Rebuilds the reports from the numbers that a state restored.
  void restored();

 private:
  std::vector<EpochReport> reports_;
  std::vector<double> numbers_;  // the same as one flat list
};

}  // namespace nnrun::host
