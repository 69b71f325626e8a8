// The training examples in the order of an epoch, batch by batch, with the outputs that training
// computes for them.
#pragma once
#include <algorithm>
#include <cstring>
#include <nnrun/lanes.hpp>
#include <numeric>
#include <optional>

#include "training/augmentation.hpp"
#include "training/block_order.hpp"
#include "training/data.hpp"
#include "training/run_state.hpp"
#include "training/team.hpp"
namespace nnrun::host {

template <class T>
struct Batch {
  const T *x, *t;
  std::size_t rows;
  const T* weight = nullptr;  ///< what each example counts; nullptr: 1
  /// What the sum of costs is divided by; 0 where no example counts.
  double divisor = static_cast<double>(rows);
  std::size_t first = 0;  ///< where its first row stands in the batch of the step
};

/// Returns a view of examples in the order of the data; of stored ones, valid until their inputs
/// are asked for again. in, out: how many numbers an input and an output have.
template <class T>
Batch<T> rows_of(const Examples<T>& examples, std::size_t from, std::size_t rows, std::size_t in,
                 std::size_t out) {
  const T* const weight = examples.weight.data();
  return {examples.inputs(from, rows, in), examples.t.data() + from * out, rows,
          weight != nullptr ? weight + from : nullptr, examples.divisor_of(from, rows)};
}

template <class T>
class Batches {
 public:
  /// Keeps references. in, out: how many numbers an input and an output have. augmenter: what
  /// changes inputs. blocks: the order, if they are shuffled by blocks. team: shares the gathering
  /// of long batches, if given.
  Batches(const Examples<T>& examples, std::size_t batch_rows, std::size_t in, std::size_t out,
          bool shuffled, bool keeps_outputs, Augmenter<T>& augmenter,
          std::optional<BlockOrder> blocks = {}, Team* team = nullptr)
      : examples_(examples),
        batch_rows_(batch_rows),
        in_(in),
        out_(out),
        augmenter_(augmenter),
        team_(team != nullptr && team->size() > 1 ? team : nullptr),
        shuffled_(shuffled),
        blocks_(std::move(blocks)) {
    if (keeps_outputs) outputs_ = Buffer<T>(examples.count * out);
    if (!shuffled && !augmenter.is_empty()) x_ = Buffer<T>(batch_rows * in);
    if (!shuffled) return;
    if (!blocks_) {
      order_.resize(examples.count);
      std::iota(order_.begin(), order_.end(), 0u);
    } else if (examples.stored) {
      together_ = Buffer<T>(blocks_->most_together() * in);
    }
    const std::size_t near_rows =
        changes_ ? 0 : std::min(most_rows_ahead, gathered_numbers / (in + out));
    gathered_.resize(std::max(near_rows / batch_rows, std::size_t{1}) * batch_rows);
    x_ = Buffer<T>(gathered_.size() * in);
    t_ = Buffer<T>(gathered_.size() * out);
    if (examples.weight.data() != nullptr) weight_ = Buffer<T>(gathered_.size());
    rows_ahead_ = std::clamp(bytes_ahead / ((in + out) * sizeof(T)), std::size_t{1}, most_ahead);
    are_far_ = !blocks_ && !examples.stored &&
               (examples.x.size() + examples.t.size()) * sizeof(T) > near_cache;
    asks_while_copying_ = are_far_ && gathered_.size() == batch_rows;
  }

  void begin_epoch(Random& random, std::uint64_t epoch) {
    if (!order_.empty()) random.shuffle(order_, "shuffle", epoch);
  }
  /// Returns a view of the data, or rows gathered in this epoch's order, and changed; valid until
  /// the next call.
  Batch<T> at(std::size_t from, std::size_t rows, std::uint64_t epoch) const {
    const T* const x =
        lie_ready_ ? examples_.x.data() + from * in_ : prepared_inputs(from, rows, epoch);
    const std::size_t row = shuffled_ ? from - gathered_from_ : from;
    const T *const t = shuffled_ ? t_.data() : examples_.t.data(),
                   *const weight = shuffled_ ? weight_.data() : examples_.weight.data();
    return {x, t + row * out_, rows, weight != nullptr ? weight + row : nullptr,
            has_divisors() ? divisor_prepared(from, rows) : static_cast<double>(rows)};
  }
  /// Returns what the costs of some examples in an epoch's order are divided by.
  double divisor_of(std::size_t from, std::size_t rows, std::uint64_t epoch) const {
    if (!has_divisors()) return static_cast<double>(rows);
    if (!shuffled_) return examples_.divisor_of(from, rows);
    double sum = 0;
    for (std::size_t r = 0; r < rows; ++r)
      sum += static_cast<double>(examples_.divisor.data()[example_at(from + r, epoch)]);
    return sum;
  }
  /// Returns whether a sum of costs is divided by anything but a number of examples.
  bool has_divisors() const { return examples_.divisor.data() != nullptr; }
  bool keeps_outputs() const { return outputs_.data() != nullptr; }
  /// Copies y, the outputs of the batch that begins at `from`, and that `at` gave last.
  void keep_outputs(const T* y, std::size_t from, std::size_t rows) {
    if (shuffled_) return scatter_outputs(y, from, rows);
    T* const to = outputs_.data() + from * out_;
    // whole lanes: the next batch overwrites the excess
    for (std::size_t i = 0; i < rows * out_; i += lanes) lane_at(to + i) = lane_at(y + i);
  }
  /// Returns where the outputs of an example are kept that stands there in an epoch's order.
  T* kept_at(std::size_t place, std::uint64_t epoch) const {
    return outputs_.data() + example_at(place, epoch) * out_;
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
  // Neither is inlined, and each returns a register: fields that come from memory would be copied
  // in pairs, and a load of two waits until the stores of both, and all before them, reach the
  // cache.
  [[gnu::noinline]] const T* prepared_inputs(std::size_t from, std::size_t rows,
                                             std::uint64_t epoch) const {
    if (shuffled_) gather_batch(from, rows, epoch);
    if (!changes_)
      return shuffled_ ? x_.data() + (from - gathered_from_) * in_
                       : examples_.inputs(from, rows, in_);
    if (!shuffled_) std::copy_n(examples_.inputs(from, rows, in_), rows * in_, x_.data());
    return augmenter_.change(x_.data(), from, rows, epoch);
  }
  [[gnu::noinline]] double divisor_prepared(std::size_t from, std::size_t rows) const {
    return shuffled_ ? divisor_of_gathered(from, rows) : examples_.divisor_of(from, rows);
  }
  void gather_batch(std::size_t from, std::size_t rows, std::uint64_t epoch) const {
    if (are_far_) {
      fetch_outputs(from + rows + outputs_ahead, rows);
      if (!asks_while_copying_) fetch(from + gathered_.size(), rows);  // of the next gathering
    }
    if (changes_)
      gather(from, rows, epoch);  // what is changed is written over
    else if (!is_gathered(from, rows, epoch))
      gather(from, gathered_.size(), epoch);
  }

  static constexpr std::size_t near_cache = std::size_t{1} << 19;  // fits into the second cache
  // Memory answers after the time of some short rows, or of a long one.
  static constexpr std::size_t most_ahead = 16, bytes_ahead = 4096;
  static constexpr std::size_t outputs_ahead = 16;  // stores wait for one another
  // Small batches are gathered some at a time: loads that do not wait for each other. Few enough to
  // stay in the first cache until their step comes.
  static constexpr std::size_t most_rows_ahead = 64, gathered_numbers = 1024;
  static constexpr std::size_t worth_sharing = 1 << 14;  // numbers; fewer are there sooner alone
  // of a row; further on, the processor sees how it goes on
  static constexpr std::size_t line = 64, most_bytes_asked = 4096;

  /// Copies a row, which is often so short that a call takes longer than the copy.
  static void copy_row(const T* from, std::size_t n, T* to) {
    if (n > 64) return void(std::copy_n(from, n, to));
    for (; n >= 4; n -= 4, from += 4, to += 4) std::memcpy(to, from, 4 * sizeof(T));
    if (n >= 2) std::memcpy(to, from, 2 * sizeof(T));
    if (n % 2 != 0) to[n - 1] = from[n - 1];
  }
  [[gnu::noinline]] void scatter_outputs(const T* y, std::size_t from, std::size_t rows) {
    for (std::size_t r = 0; r < rows; ++r)
      copy_row(y + r * out_, out_, outputs_.data() + gathered_[from - gathered_from_ + r] * out_);
  }
  /// Returns whether the rows are gathered: those that the order has now, since a run may be put
  /// back to another place.
  bool is_gathered(std::size_t from, std::size_t rows, std::uint64_t epoch) const {
    if (from < gathered_from_ || from + rows > gathered_from_ + n_gathered_) return false;
    if (blocks_) return epoch == gathered_epoch_;
    return std::equal(order_.begin() + static_cast<std::ptrdiff_t>(from),
                      order_.begin() + static_cast<std::ptrdiff_t>(from + rows),
                      gathered_.begin() + static_cast<std::ptrdiff_t>(from - gathered_from_));
  }
  void gather(std::size_t from, std::size_t most, std::uint64_t epoch) const {
    gathered_from_ = from;
    gathered_epoch_ = epoch;
    n_gathered_ = 0;  // reading may throw
    const std::size_t n = std::min(most, examples_.count - from);
    if (blocks_ || examples_.stored)
      gather_far(from, n, epoch);
    else
      gather_near(from, n);
    n_gathered_ = n;
  }
  void gather_near(std::size_t from, std::size_t n) const {
    if (team_ == nullptr || n * (in_ + out_) < worth_sharing) return gather_rows(from, 0, n);
    const std::size_t parts = team_->size(), each = (n + parts - 1) / parts;
    team_->share(parts, [&](std::size_t i, unsigned) {
      gather_rows(from, std::min(n, i * each), std::min(n, (i + 1) * each));
    });
  }
  void gather_rows(std::size_t from, std::size_t first, std::size_t end) const {
    for (std::size_t r = first; r < end; ++r) {
      if (asks_while_copying_) fetch(from + r + rows_ahead_, 1);
      const std::size_t row = gathered_[r] = order_[from + r];
      copy_row(examples_.x.data() + row * in_, in_, x_.data() + r * in_);
      copy_others(row, r);
    }
  }
  /// The same of an order by blocks, or of inputs that are stored.
  void gather_far(std::size_t from, std::size_t n, std::uint64_t epoch) const {
    for (std::size_t r = 0; r < n; ++r) {
      T* const x = x_.data() + r * in_;
      if (blocks_ && blocks_->go_to(from + r, epoch) && examples_.stored) read_together();
      const std::size_t row = gathered_[r] =
          blocks_ ? blocks_->example(from + r) : order_[from + r];
      if (!examples_.stored)
        copy_row(examples_.x.data() + row * in_, in_, x);
      else if (blocks_)
        copy_row(together_.data() + blocks_->within(from + r) * in_, in_, x);
      else
        examples_.stored->read(row, 1, x);
      copy_others(row, r);
    }
  }
  void read_together() const {
    T* to = together_.data();
    for (const BlockOrder::Block& block : blocks_->blocks()) {
      examples_.stored->read(block.first, block.count, to);
      to += block.count * in_;
    }
  }
  /// Copies what an example has beside its inputs.
  void copy_others(std::size_t row, std::size_t r) const {
    copy_row(examples_.t.data() + row * out_, out_, t_.data() + r * out_);
    if (weight_.data() != nullptr) weight_.data()[r] = examples_.weight.data()[row];
  }
  // Asking is always inlined: g++ takes a function that only asks for one without an effect, and
  // removes its calls.

  /// Asks the memory for rows that come later, which lie anywhere.
  [[gnu::always_inline]] void fetch(std::size_t from, std::size_t rows) const {
    const std::size_t end = std::min(order_.size(), from + rows);
    for (std::size_t i = from; i < end; ++i) {
      const std::size_t row = order_[i];
      fetch_row(examples_.x.data() + row * in_, in_);
      fetch_row(examples_.t.data() + row * out_, out_);
      if (weight_.data() != nullptr) fetch_row(examples_.weight.data() + row, 1);
      if (has_divisors()) fetch_row(examples_.divisor.data() + row, 1);
    }
  }
  [[gnu::always_inline]] void fetch_outputs(std::size_t from, std::size_t rows) const {
    const std::size_t end = keeps_outputs() ? std::min(order_.size(), from + rows) : 0;
    for (std::size_t i = from; i < end; ++i)
      __builtin_prefetch(outputs_.data() + order_[i] * out_, 1);  // to be written
  }
  [[gnu::always_inline]] static void fetch_row(const T* row, std::size_t n) {
    const char* const first = reinterpret_cast<const char*>(row);
    const std::size_t bytes = std::min(n * sizeof(T), most_bytes_asked);
    for (std::size_t at = 0; at < bytes; at += line) __builtin_prefetch(first + at);
    if (bytes > 0) __builtin_prefetch(first + bytes - 1);
  }

  double divisor_of_gathered(std::size_t from, std::size_t rows) const {
    double sum = 0;
    for (std::size_t r = 0; r < rows; ++r)
      sum += static_cast<double>(examples_.divisor.data()[gathered_[from - gathered_from_ + r]]);
    return sum;
  }
  /// Returns which example stands there in an epoch's order.
  std::size_t example_at(std::size_t place, std::uint64_t epoch) const {
    if (!shuffled_) return place;
    if (!blocks_) return order_[place];
    if (!looked_up_) looked_up_.emplace(*blocks_);  // that one says which blocks are read
    looked_up_->go_to(place, epoch);
    return looked_up_->example(place);
  }

  const Examples<T>& examples_;
  std::size_t batch_rows_, in_, out_;
  Augmenter<T>& augmenter_;
  Team* team_;
  bool changes_ = !augmenter_.is_empty();
  bool shuffled_;
  const bool lie_ready_ = !shuffled_ && !changes_ && !examples_.stored;  // the inputs of batches
  mutable std::optional<BlockOrder> blocks_, looked_up_;
  Buffer<T> together_;                // inputs of the blocks that are shuffled together
  std::size_t rows_ahead_ = 1;        // that are asked for while others are copied
  bool asks_while_copying_ = false;   // otherwise step by step, for the next gathering
  bool are_far_ = false;              // rows in this epoch's order are seldom in a near cache
  std::vector<std::uint32_t> order_;  // of this epoch; empty: that of the data, or by blocks
  Buffer<T> x_, t_, weight_, outputs_;
  // of the order: those whose numbers x_, t_ and weight_ have
  mutable std::vector<std::uint32_t> gathered_;
  mutable std::size_t gathered_from_ = 0, n_gathered_ = 0;
  mutable std::uint64_t gathered_epoch_ = 0;
};

}  // namespace nnrun::host
