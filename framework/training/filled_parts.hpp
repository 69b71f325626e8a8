// The parts of the data as examples come in, one after the other, and are prepared.
#pragma once
#include "training/data_parts.hpp"
#include "training/example_reader.hpp"
#include "training/examples.hpp"
namespace nnrun::host {

template <class T>
class FilledParts {
 public:
  /// Keeps a reference to the preparation, which is to be fitted before a row comes in. Of a series
  /// it takes rows, not windows.
  FilledParts(const DataShape& shape, const Preparation& preparation);

  /// Takes the next examples of a part. Prepares in double: the mean of a column may be large, and
  /// is subtracted before rounding. Throws DataError for a number that is too large for T.
  template <class From>
  void add(std::size_t part, const SomeExamples<From>& some);
  /// Returns where the next examples of a part stay, for a writer of what needs no preparation.
  Room<T> room_for(std::size_t part, std::size_t n) {
    const Examples<T>& to = parts_[part];
    const std::size_t at = std::exchange(filled_[part], filled_[part] + n);
    return {to.x.data() + at * preparation_.row_outputs(), to.t.data() + at * out_,
            to.weight.size() > 0 ? to.weight.data() + at : nullptr};
  }
  std::array<Examples<T>, NNRUN_PARTS> take() { return std::move(parts_); }

  /// Returns the ends of each raw input of the training part, if inputs are prepared.
  std::vector<std::pair<double, double>> ranges() const;
  /// Returns the size of the largest input before it is divided, of all parts; 0 if inputs are not
  /// divided, or one is above 1: then they were not divided before.
  double divided_before() const;
  /// Returns how many values of each raw input were missing; empty if none may be.
  const std::vector<std::size_t>& gaps() const { return gaps_; }

 private:
  void observe(std::size_t part, const double* x);
  void prepare(const double* x, T* to);
  void scale(const double* t, T* to);

  const Preparation& preparation_;
  std::size_t out_;
  std::array<Examples<T>, NNRUN_PARTS> parts_;
  std::array<std::size_t, NNRUN_PARTS> filled_{};
  std::vector<Range> ranges_;
  std::vector<std::size_t> fillable_, gaps_;  // columns that may be missing; of all columns
  std::vector<double> x_, t_;                 // of one example
  double largest_ = 0;                        // raw input, if inputs are prepared and divided
};

}  // namespace nnrun::host
