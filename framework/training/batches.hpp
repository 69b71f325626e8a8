// The training examples in the order of an epoch, batch by batch, with the outputs that training
// computes for them.
#pragma once
#include <algorithm>
#include <nnrun/lanes.hpp>
#include <numeric>

#include "training/augmentation.hpp"
#include "training/data.hpp"
#include "training/run_state.hpp"
namespace nnrun::host {

template <class T>
struct Batch {
  const T *x, *t;
  std::size_t rows;
  const T* weight = nullptr;  ///< what each example counts; nullptr: 1
  /// What the sum of costs is divided by; 0 where no example counts.
  double divisor = static_cast<double>(rows);
};

/// Returns a view of examples in the order of the data. in, out: how many numbers an input and an
/// output have.
template <class T>
Batch<T> rows_of(const Examples<T>& examples, std::size_t from, std::size_t rows, std::size_t in,
                 std::size_t out) {
  const T* const weight = examples.weight.data();
  return {examples.x.data() + from * in, examples.t.data() + from * out, rows,
          weight != nullptr ? weight + from : nullptr, examples.divisor_of(from, rows)};
}

template <class T>
class Batches {
 public:
  /// Keeps references. in, out: how many numbers an input and an output have. augmenter: what
  /// changes inputs.
  Batches(const Examples<T>& examples, std::size_t batch_rows, std::size_t in, std::size_t out,
          bool shuffled, bool keeps_outputs, Augmenter<T>& augmenter)
      : examples_(examples), in_(in), out_(out), augmenter_(augmenter) {
    if (keeps_outputs) outputs_ = Buffer<T>(examples.count * out);
    if (!shuffled && !augmenter.is_empty()) x_ = Buffer<T>(batch_rows * in);
    if (!shuffled) return;
    order_.resize(examples.count);
    std::iota(order_.begin(), order_.end(), 0u);
    x_ = Buffer<T>(batch_rows * in);
    t_ = Buffer<T>(batch_rows * out);
    if (examples.weight.data() != nullptr) weight_ = Buffer<T>(batch_rows);
    are_far_ = (examples.x.size() + examples.t.size()) * sizeof(T) > near_cache;
  }

  void begin_epoch(Random& random, std::uint64_t epoch) {
    if (!order_.empty()) random.shuffle(order_, "shuffle", epoch);
  }
  /// Returns a view of the data, or rows gathered in this epoch's order, and changed; valid until
  /// the next call.
  Batch<T> at(std::size_t from, std::size_t rows, std::uint64_t epoch) const {
    Batch<T> batch = unchanged(from, rows);
    if (!changes_) return batch;
    if (order_.empty()) std::copy_n(batch.x, rows * in_, x_.data());
    batch.x = augmenter_.change(x_.data(), from, rows, epoch);
    return batch;
  }
  /// Returns whether a sum of costs is divided by anything but a number of examples.
  bool has_divisors() const { return examples_.divisor.data() != nullptr; }
  bool keeps_outputs() const { return outputs_.data() != nullptr; }
  /// Copies y, the outputs of the batch that begins at `from`.
  void keep_outputs(const T* y, std::size_t from, std::size_t rows) {
    if (order_.empty()) {  // whole lanes: the next batch overwrites the excess
      T* const to = outputs_.data() + from * out_;
      for (std::size_t i = 0; i < rows * out_; i += lanes) lane_at(to + i) = lane_at(y + i);
      return;
    }
    for (std::size_t r = 0; r < rows; ++r)
      std::copy_n(y + r * out_, out_, outputs_.data() + order_[from + r] * out_);
  }
  /// Returns the outputs of this epoch so far, in the order of the data.
  const T* outputs() const { return outputs_.data(); }

  /// Returns what is impossible in restored numbers; empty if the order has each example once.
  std::string fault() const {
    std::vector<bool> met(order_.size());
    for (const std::uint32_t i : order_) {
      if (i >= met.size() || met[i]) return "'epoch/order' does not have each example once";
      met[i] = true;
    }
    return {};
  }
  void add_to(RunState& state) {
    if (!order_.empty()) state.add("epoch/order", std::span(order_));
    if (keeps_outputs()) state.add("epoch/outputs", outputs_.all());
  }

 private:
  Batch<T> unchanged(std::size_t from, std::size_t rows) const {
    if (order_.empty()) return rows_of(examples_, from, rows, in_, out_);
    if (are_far_) fetch(from + std::max(rows, examples_ahead), rows);
    for (std::size_t r = 0; r < rows; ++r) {
      std::copy_n(examples_.x.data() + order_[from + r] * in_, in_, x_.data() + r * in_);
      std::copy_n(examples_.t.data() + order_[from + r] * out_, out_, t_.data() + r * out_);
    }
    return {x_.data(), t_.data(), rows, gathered_weights(from, rows), divisor_of(from, rows)};
  }

  // in a step of 150 ns, memory answers once or twice; what fits into the second cache is near
  static constexpr std::size_t examples_ahead = 4, near_cache = std::size_t{1} << 19;
  static constexpr std::size_t line = 64, first_lines = 4;  // the processor sees how a row goes on

  /// Asks the memory for rows that later batches have, which lie anywhere.
  void fetch(std::size_t from, std::size_t rows) const {
    const std::size_t end = std::min(order_.size(), from + rows);
    for (std::size_t i = from; i < end; ++i) {
      const std::size_t row = order_[i];
      fetch_row(examples_.x.data() + row * in_, in_);
      fetch_row(examples_.t.data() + row * out_, out_);
      if (weight_.data() != nullptr) fetch_row(examples_.weight.data() + row, 1);
      if (has_divisors()) fetch_row(examples_.divisor.data() + row, 1);
      if (keeps_outputs()) fetch_row(outputs_.data() + row * out_, out_);
    }
  }
  static void fetch_row(const T* row, std::size_t n) {
    const char *const first = reinterpret_cast<const char*>(row), *const last =
                                                                      reinterpret_cast<const char*>(
                                                                          row + n) -
                                                                      1;
    const char* at = first;
    for (; at < last && at < first + first_lines * line; at += line) __builtin_prefetch(at);
    __builtin_prefetch(std::min(at, last));
  }

  const T* gathered_weights(std::size_t from, std::size_t rows) const {
    for (std::size_t r = 0; weight_.data() != nullptr && r < rows; ++r)
      weight_.data()[r] = examples_.weight.data()[order_[from + r]];
    return weight_.data();
  }
  double divisor_of(std::size_t from, std::size_t rows) const {
    if (!has_divisors()) return static_cast<double>(rows);
    double sum = 0;
    for (std::size_t r = 0; r < rows; ++r)
      sum += static_cast<double>(examples_.divisor.data()[order_[from + r]]);
    return sum;
  }

  const Examples<T>& examples_;
  std::size_t in_, out_;
  Augmenter<T>& augmenter_;
  bool changes_ = !augmenter_.is_empty();
  bool are_far_ = false;              // rows in this epoch's order are seldom in a near cache
  std::vector<std::uint32_t> order_;  // of this epoch; empty: that of the data
  Buffer<T> x_, t_, weight_, outputs_;
};

}  // namespace nnrun::host
