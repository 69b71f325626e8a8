#pragma once
#include <algorithm>
#include <nnrun/plugin.hpp>
#include <vector>

/// Returns the middle between the two classes of one output: ½, or 0 if targets are ±1.
template <class T>
T middle_of(nnrun::Rows<const T> t) {
  return *std::min_element(t.data, t.data + t.rows * t.cols) < T(0) ? T(0) : T(0.5);
}
/// Returns the class of a row: for one number, 1 if it is above the middle, else 0; for several,
/// the index of the largest.
template <class T>
std::size_t class_of(std::span<const T> row, T middle) {
  if (row.size() == 1) return row[0] > middle;
  return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
}

/// For how many examples a class was predicted, was the true one, or both.
struct Counts {
  double predicted = 0, actual = 0, right = 0;
};

/// Counts for one output the one class "above ½"; for several, a class per output, where the
/// largest output is the prediction, the largest target the true class.
template <class T>
std::vector<Counts> counts_of(nnrun::Rows<const T> y, nnrun::Rows<const T> t) {
  std::vector<Counts> counts(y.cols);
  const auto largest = [](std::span<const T> row) {
    return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
  };
  for (std::size_t r = 0; r < y.rows; ++r) {
    const std::size_t predicted = largest(y[r]), actual = largest(t[r]);
    const bool predicts = y.cols > 1 || y[r][0] > T(0.5), is = y.cols > 1 || t[r][0] > T(0.5);
    counts[predicted].predicted += predicts;
    counts[actual].actual += is;
    counts[predicted].right += predicts && is && predicted == actual;
  }
  return counts;
}

/// Returns the mean of share(counts) over the classes that were predicted or true at all; 0 if none
/// was.
template <class T, class Share>
double mean_over_classes(nnrun::Rows<const T> y, nnrun::Rows<const T> t, Share share) {
  double sum = 0, classes = 0;
  for (const Counts& c : counts_of(y, t))
    if (c.predicted + c.actual > 0) sum += share(c), ++classes;
  return classes > 0 ? sum / classes : 0;
}
