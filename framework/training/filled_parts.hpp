// The parts of the data as examples come in, one after the other, and are prepared.
#pragma once
#include "base/files.hpp"
#include "training/data_parts.hpp"
#include "training/example_reader.hpp"
#include "training/examples.hpp"
namespace nnrun::host {

template <class T>
class FilledParts {
 public:
  /// Keeps a reference to the preparation, which is to be fitted before a row comes in. Of a series
  /// it takes rows, not windows. keeps_inputs: otherwise inputs are looked at, added up and let go.
  FilledParts(const DataShape& shape, const Preparation& preparation, bool keeps_inputs = true);

  /// Takes the next examples of a part. Prepares in double: the mean of a column may be large, and
  /// is subtracted before rounding. leave_out(i, problem): is told of one of them with a number
  /// that is too large, and throws, or else it is left out.
  template <class From>
  void add(std::size_t part, const SomeExamples<From>& some,
           const std::function<void(std::size_t i, const Problem& problem)>& leave_out);
  /// Returns where the next examples of a part stay, for a writer of what needs no preparation.
  Room<T> room_for(std::size_t part, std::size_t n) {
    const Examples<T>& to = parts_[part];
    const std::size_t at = std::exchange(filled_[part], filled_[part] + n),
                      width = preparation_.row_outputs();
    if (!keeps_inputs_ && passing_.size() < n * width) passing_.resize(n * width);
    return {keeps_inputs_ ? to.x.data() + at * width : passing_.data(), to.t.data() + at * out_,
            to.weight.size() > 0 ? to.weight.data() + at : nullptr};
  }
  /// Returns the SHA-256 of a part's inputs, if they are not kept.
  std::string sum_of(std::size_t part) const { return sums_[part].hexadecimal(); }
  /// Says where the inputs of a part are instead.
  void store(std::size_t part, std::unique_ptr<StoredInputs<T>> inputs) {
    parts_[part].stored = std::move(inputs);
  }
  /// Returns how many examples of a part were added.
  std::size_t count(std::size_t part) const { return filled_[part]; }
  /// Returns all that were added.
  std::array<Examples<T>, NNRUN_PARTS> take();

  /// Returns the ends of each raw input of the training part, if inputs are prepared; if they are
  /// not, and not kept, those of what the network sees.
  std::vector<std::pair<double, double>> ranges() const;
  /// Returns the size of the largest input before it is divided, of all parts; 0 if inputs are not
  /// divided, or one is above 1: then they were not divided before.
  double divided_before() const;
  /// Returns how many values of each raw input were missing; empty if none may be.
  const std::vector<std::size_t>& gaps() const { return gaps_; }
  /// Returns the texts of raw inputs that no training example has: of a column, which of its texts.
  std::vector<std::pair<std::size_t, std::size_t>> untaught() const;

 private:
  void cut_off(Examples<T>& examples, std::size_t count) const;
  void observe(std::size_t part, const double* x);
  void let_go(std::size_t part, std::span<const T> x);
  void prepare(const double* x, T* to);
  void scale(const double* t, T* to);

  const Preparation& preparation_;
  std::size_t out_;
  std::array<Examples<T>, NNRUN_PARTS> parts_;
  std::array<std::size_t, NNRUN_PARTS> filled_{};
  std::vector<Range> ranges_;
  std::vector<std::size_t> fillable_, gaps_;  // columns that may be missing; of all columns
  /// A column with texts that no training example has so far.
  struct Untaught {
    std::size_t column, left;  // left: how many
    std::vector<bool> taught;  // of each text, whether some example has it
  };
  std::vector<Untaught> untaught_;
  std::vector<double> x_, t_;  // of one example
  double largest_ = 0;         // raw input, if inputs are prepared and divided
  bool keeps_inputs_;
  std::vector<T> passing_;  // inputs that are not kept
  std::array<Sha256, NNRUN_PARTS> sums_;
  T largest_divided_ = 0;
};

}  // namespace nnrun::host
