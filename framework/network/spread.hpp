// How far the numbers of a column are spread, and how they are scaled by it.
#pragma once
#include <limits>
#include <utility>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

/// Takes all numbers of a column by `add`, then again by `add_square`: a difference of large sums
/// loses digits. n: how many there are.
struct Spread {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  double mean = 0, variance = 0;

  void add(double x, std::size_t n) {
    low = x < low ? x : low;
    high = x > high ? x : high;
    mean += x / static_cast<double>(n);
  }
  void add_square(double x, std::size_t n) {
    variance += (x - mean) * (x - mean) / static_cast<double>(n);
  }
  /// Returns whether the numbers differ by no more than their rounding: by n times the gap between
  /// two doubles of that size, which is how far the mean of n numbers may be off.
  bool is_constant(std::size_t n) const;
};

/// Returns shift and factor: (x - shift) * factor is the scaled number. A constant column becomes 0
/// (its lowest number). numbers: those of the column, for Scale::robust; they are put in order.
std::pair<double, double> scaling_of(Scale scale, const Spread& spread, std::size_t n,
                                     std::vector<double>& numbers);

/// At least one number.
double mean_of(const std::vector<double>& numbers);
/// Returns the number below which a fraction lies, between two numbers by a line. Reorders them.
double quantile_of(std::vector<double>& numbers, double fraction);
/// Returns the smallest of the most frequent ones. Reorders them.
double most_frequent_of(std::vector<double>& numbers);

}  // namespace nnrun::host
