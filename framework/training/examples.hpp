// Examples in memory, in the run's precision.
#pragma once
#include <nnrun/abi.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "network/buffer.hpp"
namespace nnrun::host {

/// Inputs that stay in the files of the data set, and are read and prepared when they are wanted.
template <class T>
class StoredInputs {
 public:
  virtual ~StoredInputs() = default;
  /// Writes the inputs of examples from … from + n - 1. Throws DataError.
  virtual void read(std::size_t from, std::size_t n, T* to) = 0;
  /// Returns those of some examples, valid until the next call. Whoever goes on where the last ones
  /// ended gets those behind them along.
  const T* some(std::size_t from, std::size_t n);
  std::size_t cols() const { return cols_; }
  const std::string& sha256() const { return sha256_; }  ///< of all, as if they were in memory

 protected:
  StoredInputs(std::size_t count, std::size_t cols, std::string sha256)
      : count_(count), cols_(cols), sha256_(std::move(sha256)) {}

 private:
  std::size_t count_, cols_;
  std::string sha256_;
  Buffer<T> near_;
  std::size_t near_from_ = 0, near_count_ = 0;
};

/// Examples with their targets; rows are contiguous.
template <class T>
struct Examples {
  Buffer<T> x, t;  ///< x: empty if the inputs are stored
  std::size_t count = 0;
  /// What each example counts: the factor of its cost; empty: 1.
  Buffer<T> weight{};
  /// What each example adds to the number that a sum of costs is divided by; empty: 1.
  Buffer<T> divisor{};
  /// Of a series: the targets of the last row that each example knows; empty: none are known.
  Buffer<T> last{};
  /// Targets as the data have them, where those of the network are scaled; else empty.
  Buffer<double> in_units{};
  /// The same of `last`.
  Buffer<double> last_in_units{};
  std::unique_ptr<StoredInputs<T>> stored{};

  /// Returns the inputs of some examples in a row, of `cols` numbers each; if they are stored,
  /// valid until the next call, by one thread at a time.
  const T* inputs(std::size_t from, std::size_t n, std::size_t cols) const {
    return stored ? stored->some(from, n) : x.data() + from * cols;
  }
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

/// Calls take(inputs) with the inputs of all examples, some at a time.
template <class T, class Take>
void each_input(const Examples<T>& examples, Take take) {
  if (!examples.stored) return take(std::span<const T>(examples.x.all()));
  constexpr std::size_t rows = 256;
  const std::size_t cols = examples.stored->cols();
  for (std::size_t from = 0; from < examples.count; from += rows) {
    const std::size_t n = std::min(rows, examples.count - from);
    take(std::span<const T>(examples.inputs(from, n, cols), n * cols));
  }
}

/// Returns the smallest and largest number of each column. rows: row-major, at least one.
template <class T>
std::vector<std::pair<double, double>> column_ranges(std::span<const T> rows, std::size_t cols);

/// Returns the smallest and largest target, `out` for each example, of those whose weight is not 0.
template <class T>
std::pair<double, double> target_range_of(const Examples<T>& examples, std::size_t out);

/// Returns the hexadecimal SHA-256 over the inputs and targets of all parts.
template <class T>
std::string hash_of(const std::array<Examples<T>, NNRUN_PARTS>& parts);

}  // namespace nnrun::host
