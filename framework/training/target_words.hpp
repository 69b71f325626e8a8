// How the targets of a data set are read, in words: said at the start of every run.
#pragma once
#include <array>
#include <string>
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

/// Returns `target species: 2 classes, setosa 50, virginica 50` or `target price: number, 82,000 …
/// 1,250,000`. dot: what stands between the classes.
std::string words_of(const TargetSummary& summary, const DataShape& shape,
                     const Preparation& preparation, const std::string& dot);

/// Returns a number as people write it, whole ones with every digit: 2,463,494 or 0.25.
std::string readable(double x);

}  // namespace nnrun::host
