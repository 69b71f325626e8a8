// How the targets of a data set are read, in words: said at the start of every run.
#pragma once
#include <string>

#include "training/target_summary.hpp"
namespace nnrun::host {

/// Returns `target species: 2 classes, setosa 50, virginica 50` or `target price: number, 82,000 …
/// 1,250,000`. dot: what stands between the classes.
std::string words_of(const TargetSummary& summary, const DataShape& shape,
                     const Preparation& preparation, const std::string& dot);

/// Returns a number as people write it, whole ones with every digit: 2,463,494 or 0.25.
std::string readable(double x);

}  // namespace nnrun::host
