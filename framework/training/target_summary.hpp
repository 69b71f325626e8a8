// What the targets of a data set are: how many examples each class has, or where numbers lie.
#pragma once
#include <array>
#include <utility>
#include <vector>

#include "training/data.hpp"
namespace nnrun::host {

/// The targets of all parts: how many examples each class has, or from where to where numbers go.
struct TargetSummary {
  std::vector<std::size_t> counts;                ///< one per class
  std::vector<std::pair<double, double>> ranges;  ///< one per target number, in the data's units
  std::vector<std::size_t> ones;  ///< how often each is 1, if all are 0 or 1, or -1 or 1
  std::size_t rows = 0;
  bool one_each = true;               ///< each row has a single 1
  bool one_each_of_last_axis = true;  ///< so has each row of the last axis, such as a step
};

template <class T>
TargetSummary summary_of(const std::array<Examples<T>, NNRUN_PARTS>& parts, const DataShape& shape,
                         const Preparation& preparation);

}  // namespace nnrun::host
