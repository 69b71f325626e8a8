// Rows of numbers in memory, as many as a file turns out to have.
#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

/// Rows lie in blocks, so that none is ever moved, and so that a block goes when its rows were
/// read.
class RowStore {
 public:
  /// Takes how many numbers a row has. Only while it is empty.
  void set_width(std::size_t width) {
    width_ = width;
    block_rows_ = std::max<std::size_t>(1, block_numbers / width);
  }
  std::size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  std::size_t width() const { return width_; }

  /// Returns room for another row.
  double* add() {
    if (count_ == blocks_.size() * block_rows_)
      blocks_.push_back(std::make_unique_for_overwrite<double[]>(block_rows_ * width_));
    return row(count_++);
  }
  void remove_last() { --count_; }
  double* row(std::size_t i) const {
    return blocks_[i / block_rows_].get() + i % block_rows_ * width_;
  }
  /// Frees the rows before this one, as far as nothing else is in their blocks.
  void forget_before(std::size_t i) {
    for (const std::size_t end = i / block_rows_; forgotten_ < end; ++forgotten_)
      blocks_[forgotten_].reset();
  }

 private:
  static constexpr std::size_t block_numbers = std::size_t{1} << 16;
  std::size_t width_ = 1, block_rows_ = block_numbers, count_ = 0, forgotten_ = 0;
  std::vector<std::unique_ptr<double[]>> blocks_;
};
