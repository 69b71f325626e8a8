// Raw examples that wait until all are known: for what is learned from them, or for how they are
// cut.
#pragma once
#include <functional>
#include <nnrun/packed_rows.hpp>

#include "network/rows_to_fit.hpp"
#include "training/example_reader.hpp"
namespace nnrun::host {

class KeptExamples {
 public:
  /// Rows of the store: inputs, then targets, then what an example counts, if the shape has that.
  explicit KeptExamples(const DataShape& shape);

  const nnrun::PackedRows& rows() const { return rows_; }
  /// Calls take(rows, from, n) with some rows after the other, as they lie in the store.
  template <class Take>
  void pass(Take take) const {
    std::vector<double> some(at_a_time_ * width());
    for (std::size_t from = 0, n; from < rows_.count(); from += n) {
      n = std::min(at_a_time_, rows_.count() - from);
      rows_.read(from, n, some.data());
      take(some.data(), from, n);
    }
  }
  std::size_t width() const { return in_ + out_ + weights_; }
  template <class T>
  void add(const SomeExamples<T>& some);
  /// Calls take with each example, in order, and frees what was taken.
  void give(const std::function<void(const SomeExamples<double>&)>& take);
  /// Returns the targets of all, row-major.
  std::vector<double> targets() const;

 private:
  std::size_t in_, out_, weights_, at_a_time_;
  nnrun::PackedRows rows_;
};

/// The rows of the training part.
class TrainingRows final : public RowsToFit {
 public:
  /// Keeps references. part_of: the part of each example; empty: all are of that part.
  TrainingRows(const KeptExamples& kept, const std::vector<std::uint8_t>& part_of);
  std::size_t count() const override { return count_; }
  void each(const std::function<void(const double* row)>& take) const override;
  std::vector<double> column(std::size_t c) const override;

 private:
  bool is_taken(std::size_t i) const { return part_of_.empty() || part_of_[i] == NNRUN_TRAIN; }
  const KeptExamples& kept_;
  const std::vector<std::uint8_t>& part_of_;
  std::size_t count_;
};

}  // namespace nnrun::host
