// Rows of a table that are sums or means of other rows, as people write them below a group or at
// the end: no examples.
#pragma once
#include <cstddef>
#include <nnrun/csv.hpp>
#include <span>
#include <string>
#include <vector>
namespace nnrun::host {

/// A row that is called as such rows are.
struct TotalRow {
  std::size_t row = 0;     ///< among the rows of the table, from 0
  std::size_t column = 0;  ///< whose text is its name
  std::string text{};      ///< N Total
  std::string of{};        ///< N; empty for Total alone
  bool is_mean = false;
  std::string place{};  ///< t.csv:12
  std::string proof{};  ///< the name of a column in which it is a sum or a mean of rows above
  double value = 0;     ///< there
};

class TotalRows {
 public:
  static constexpr std::size_t most = 200;

  /// Looks at the next row. numbers: its fields; NaN where one is no number.
  void take(const CsvReader& rows, std::span<const double> numbers, std::size_t row);
  const std::vector<TotalRow>& found() const { return found_; }

 private:
  struct Sum {
    double sum = 0, low = 0, high = 0;
    std::size_t n = 0;
    void add(double x);
    /// Returns whether a number is this sum, or this mean, to the last digit that it is written
    /// with.
    bool is_here(double x, bool as_mean, double rounding) const;
  };
  bool proves(TotalRow& total, const CsvReader& rows, std::span<const double> numbers) const;

  std::vector<Sum> all_,
      group_;  // of each column: rows that are none, and those since the last one
  std::vector<TotalRow> found_;
};

}  // namespace nnrun::host
