// A value that is watched from epoch to epoch: a column of metrics.csv.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "training/data.hpp"
#include "training/outcome.hpp"
namespace nnrun::host {

class Monitor {
 public:
  /// `val.cost`, `train.accuracy`, …; an empty name means the validation cost, or the training cost
  /// if there is no validation part. Throws ConfigError at its place for any other name.
  Monitor(const Placed<std::string>& name, const Experiment& experiment, const DataShape& data);

  bool higher_is_better() const { return higher_is_better_; }
  double value_of(const EpochReport& report) const;
  /// Returns whether value is better than best by more than min_delta. Any number is better than
  /// one that is not defined, which a checkpoint of an earlier program may hold as the best.
  bool improves(double value, double best, double min_delta) const {
    if (std::isnan(best)) return !std::isnan(value);
    return higher_is_better_ ? value > best + min_delta : value < best - min_delta;
  }

 private:
  std::size_t part_ = 0;
  int metric_ = -1;  // -1: the cost
  bool higher_is_better_ = false;
};

/// Returns the columns that a run can watch, as metrics.csv names them.
std::vector<std::string> monitored_names(const Experiment& experiment, const DataShape& data);

}  // namespace nnrun::host
