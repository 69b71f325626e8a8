// What a preparation learns from.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>
namespace nnrun::host {

/// Rows of raw numbers that can be passed again and again: inputs, then targets.
class RowsToFit {
 public:
  virtual ~RowsToFit() = default;
  virtual std::size_t count() const = 0;
  /// Calls take with each row, in order.
  virtual void each(const std::function<void(const double* row)>& take) const = 0;
  /// Returns the numbers of a column, in order.
  virtual std::vector<double> column(std::size_t c) const = 0;
};

}  // namespace nnrun::host
