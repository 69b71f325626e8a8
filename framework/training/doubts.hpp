// What speaks against a run that goes on, or ended, without an error.
#pragma once
#include "training/trainer.hpp"
namespace nnrun::host {

/// Tells a training cost that rises for long from one that wavers. It is high if it is twice its
/// lowest, or above the first epoch's by a tenth; it has risen for long if it rose in each of five
/// epochs to twice its lowest, or was high in each of ten. A tenth of what it had fallen must be
/// lost again, or the last digits of a cost near 0 would count.
class CostWatch {
 public:
  void take(const EpochReport& report);
  /// Returns whether the cost has risen for long at any time so far.
  bool has_risen() const { return has_risen_; }
  /// Returns the same, unless the cost is low again.
  bool is_risen() const { return has_risen_ && is_above_lowest_by(0.1); }
  /// Returns the warning, which names the epoch with the lowest cost.
  Problem warning(const Experiment& experiment) const;

 private:
  /// Returns whether the last cost is above the lowest by this part of it.
  bool is_above_lowest_by(double part) const;

  std::size_t epochs_ = 0, last_epoch_ = 0, lowest_epoch_ = 0;
  double first_ = 0, last_ = 0, lowest_ = 0;
  std::size_t rises_ = 0, high_ = 0;  // epochs in a row
  bool has_risen_ = false;
};

/// Returns warnings of a run that ended, with its final parameters.
std::vector<Problem> doubts_about(const Experiment& experiment, Trainer& trainer,
                                  const Outcome& outcome, const std::vector<BlockValues>& blocks);

}  // namespace nnrun::host
