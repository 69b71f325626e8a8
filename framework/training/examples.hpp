// Examples in memory, in the run's precision.
#pragma once
#include <nnrun/abi.h>

#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "network/buffer.hpp"
namespace nnrun::host {

/// Examples with their targets; rows are contiguous.
template <class T>
struct Examples {
  Buffer<T> x, t;
  std::size_t count = 0;
  /// What each example counts: the factor of its cost; empty: 1.
  Buffer<T> weight{};
  /// What each example adds to the number that a sum of costs is divided by; empty: 1.
  Buffer<T> divisor{};
  /// Of a series: the targets of the last row that each example knows; empty: none are known.
  Buffer<T> last{};

  /// Returns what the costs of some examples in a row are divided by.
  double divisor_of(std::size_t from, std::size_t n) const {
    if (divisor.data() == nullptr) return static_cast<double>(n);
    double sum = 0;
    for (std::size_t i = from; i < from + n; ++i) sum += static_cast<double>(divisor.data()[i]);
    return sum;
  }
};

/// The smallest and the largest number of some, as far as they are not NaN.
class Range {
 public:
  explicit Range(double first) : ends_(first, first) {}
  void take(double x) {
    auto& [low, high] = ends_;
    if (!(x >= low)) low = x != x ? low : x;  // also where a missing value came first
    if (!(x <= high)) high = x != x ? high : x;
  }
  const std::pair<double, double>& ends() const { return ends_; }

 private:
  std::pair<double, double> ends_;
};

/// Returns the smallest and largest number of each column. rows: row-major, at least one.
template <class T>
std::vector<std::pair<double, double>> column_ranges(std::span<const T> rows, std::size_t cols);

/// Returns the hexadecimal SHA-256 over the inputs and targets of all parts.
template <class T>
std::string hash_of(const std::array<Examples<T>, NNRUN_PARTS>& parts);

}  // namespace nnrun::host
