// The reports of a run so far.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "training/epoch_report.hpp"
#include "training/run_state.hpp"
namespace nnrun::host {

/// What every report of a run has.
struct ReportShape {
  std::size_t metrics = 0;
  bool validation = false, test = false;
  std::size_t planned_epochs = 0;
};

/// Keeps the numbers of reports in one list, so that a million of them take little memory.
class History {
 public:
  History() = default;
  explicit History(const ReportShape& shape) : shape_(shape) {}

  bool empty() const { return numbers_.empty(); }
  std::size_t size() const { return numbers_.size() / row_size(); }
  EpochReport operator[](std::size_t row) const;
  EpochReport back() const { return (*this)[size() - 1]; }
  /// Returns the report of an epoch that was reported.
  EpochReport of_epoch(std::size_t epoch) const { return (*this)[epoch - (*this)[0].epoch]; }
  /// Appends a report of this shape.
  void append(const EpochReport& report);

  void add_to(RunState& state) { state.add("history", numbers_); }
  /// Returns what is impossible in restored numbers; empty if they can be the reports of a run that
  /// ended so many epochs, whose first report is of epoch `first`.
  std::string fault(std::size_t first, std::size_t epochs) const;

 private:
  std::size_t row_size() const {
    return 4 +
           (1 + std::size_t{shape_.validation} + std::size_t{shape_.test}) * (1 + shape_.metrics);
  }

  ReportShape shape_;
  // of each report: epoch, step, examples, seconds, then cost and metrics of each part
  std::vector<double> numbers_;
};

}  // namespace nnrun::host
