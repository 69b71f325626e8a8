#pragma once
#include <algorithm>
#include <nnrun/plugin.hpp>
#include <vector>

/// Between the two classes of one output: ½, or 0 where targets are ±1.
template <class T>
T middle_of(nnrun::Rows<const T> t) {
  return *std::min_element(t.data, t.data + t.rows * t.cols) < T(0) ? T(0) : T(0.5);
}
/// The class that a row stands for: for one number 1 where it is above the middle, else 0; for
/// several, where the largest stands.
template <class T>
std::size_t class_of(std::span<const T> row, T middle) {
  if (row.size() == 1) return row[0] > middle;
  return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
}

/// Of how many examples a class was said, meant, or both.
struct Counts {
  double said = 0, meant = 0, both = 0;
};

/// One output: the one class "above ½". Several: each output is a class, and of an example the
/// largest output is said, the largest target meant.
template <class T>
std::vector<Counts> counts_of(nnrun::Rows<const T> y, nnrun::Rows<const T> t) {
  std::vector<Counts> counts(y.cols);
  const auto largest = [](std::span<const T> row) {
    return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
  };
  for (std::size_t r = 0; r < y.rows; ++r) {
    const std::size_t said = largest(y[r]), meant = largest(t[r]);
    const bool says = y.cols > 1 || y[r][0] > T(0.5), means = y.cols > 1 || t[r][0] > T(0.5);
    counts[said].said += says;
    counts[meant].meant += means;
    counts[said].both += says && means && said == meant;
  }
  return counts;
}

/// The mean of share(counts) over the classes that were said or meant at all; 0 where none was.
template <class T, class Share>
double mean_over_classes(nnrun::Rows<const T> y, nnrun::Rows<const T> t, Share share) {
  double sum = 0, classes = 0;
  for (const Counts& c : counts_of(y, t))
    if (c.said + c.meant > 0) sum += share(c), ++classes;
  return classes > 0 ? sum / classes : 0;
}
