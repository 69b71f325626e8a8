// A table that stays in its file, and whose rows are read as they are wanted.
#pragma once
#include <cstdint>
#include <nnrun/csv_column.hpp>
#include <vector>

#include "npy_table.hpp"

struct StoredTable {
  NpyTable rows;
  std::vector<std::size_t> at{};  // where the columns that are wanted are

  explicit StoredTable(NpyTable table) : rows(std::move(table)) {}
  std::size_t count() const { return is_cut_ ? taken_.size() : rows.count(); }
  std::size_t row(std::size_t example) const { return is_cut_ ? taken_[example] : example; }
  /// Says of each row, in order, whether it is an example: the one where `rows` is.
  void take() {
    if (is_cut_) taken_.push_back(static_cast<std::uint32_t>(rows.row()));
  }
  void leave_out() {
    for (std::size_t i = 0; i < rows.row() && !is_cut_; ++i)
      taken_.push_back(static_cast<std::uint32_t>(i));
    is_cut_ = true;
  }
  /// Writes the numbers of examples from … from + n - 1. order: of the examples; none if it is that
  /// of the file.
  void read(std::vector<nnrun::CsvColumn>& columns, const std::vector<std::uint32_t>& order,
            std::size_t from, std::size_t n, double* to) {
    for (std::size_t i = from; i < from + n; ++i) {
      rows.go_to(row(order.empty() ? i : order[i]));
      for (std::size_t c = 0; c < columns.size(); ++c) *to++ = columns[c].read(rows, at[c]);
    }
  }

 private:
  std::vector<std::uint32_t> taken_;  // rows that are examples, if it is cut
  bool is_cut_ = false;
};
