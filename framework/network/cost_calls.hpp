// The calls of a cost, for rows of outputs.
#pragma once
#include <numeric>

#include "network/buffer.hpp"
#include "network/graph.hpp"
namespace nnrun::host {

/// Calls a cost, and keeps what rows cost. Where an example has several answers, each with classes
/// of its own, the cost gets them as rows, and that of the example is their sum.
template <class T>
class CostCalls {
 public:
  /// Keeps a reference to the cost, which may become another object of its class.
  CostCalls(const Object& cost, const Graph& graph, std::size_t most_rows)
      : cost_(cost),
        functions_(cost.functions<nnrun_cost>().by_dtype[dtype_of<T>]),
        cols_(graph.output().cols),
        answer_(graph.answer_cols),
        answers_(cols_ / answer_),
        of_rows_(most_rows),
        of_answers_(answers_ > 1 ? most_rows * answers_ : 0) {}

  const Object& cost() const { return cost_; }
  /// What rows cost, from row 0 on.
  T* of_rows() { return of_rows_.data(); }
  const T* of_rows() const { return of_rows_.data(); }

  /// Writes what `rows` rows cost, the first of which is number `from`. y, t: theirs.
  void values(const T* y, const T* t, std::size_t from, std::size_t rows) {
    require([&](CallsInARow& row) { return values(row, y, t, from, rows); });
  }
  /// The same as a part of a longer row of calls. Returns whether it succeeds.
  bool values(CallsInARow& row, const T* y, const T* t, std::size_t from, std::size_t rows) {
    if (answers_ == 1) return value(row, y, t, cols_, of_rows() + from, rows);
    return value(row, y, t, answer_, of_answers(from), rows * answers_) && add_answers(from, rows);
  }
  /// The same from row 0 on, where all have the targets t.
  void values_of_same(const T* y, const T* t, std::size_t rows) {
    require([&](CallsInARow& row) { return values_of_same(row, y, t, rows); });
  }
  bool values_of_same(CallsInARow& row, const T* y, const T* t, std::size_t rows) {
    if (answers_ == 1) return value(row, y, t, 0, of_rows(), rows);
    for (std::size_t r = 0; r < rows; ++r)
      if (!value(row, y + r * cols_, t, answer_, of_answers(r), answers_)) return false;
    return add_answers(0, rows);
  }
  /// Does what values does, and writes their slopes times `share`.
  void slopes(const T* y, const T* t, double share, T* dy, std::size_t from, std::size_t rows) {
    require([&](CallsInARow& row) { return slopes(row, y, t, share, dy, from, rows); });
  }
  bool slopes(CallsInARow& row, const T* y, const T* t, double share, T* dy, std::size_t from,
              std::size_t rows) {
    if (answers_ == 1) return slope(row, y, t, share, dy, of_rows() + from, rows);
    return slope(row, y, t, share, dy, of_answers(from), rows * answers_) &&
           add_answers(from, rows);
  }

 private:
  T* of_answers(std::size_t row) { return of_answers_.data() + row * answers_; }
  bool value(CallsInARow& row, const T* y, const T* t, std::size_t t_step, T* costs,
             std::size_t rows) const {
    return row.call(cost_.prepared(functions_), "value", functions_.value, y, t, t_step, costs,
                    rows, answer_);
  }
  bool slope(CallsInARow& row, const T* y, const T* t, double share, T* dy, T* costs,
             std::size_t rows) const {
    return row.call(cost_.prepared(functions_), "slope", functions_.slope, y, t, answer_, share, dy,
                    costs, rows, answer_);
  }
  /// Makes calls. Throws PluginError if one fails.
  template <class F>
  void require(F f) const {
    CallsInARow row;
    if (!row.succeed(f)) [[unlikely]]
      cost_.fail(ForeignCall::now().method);
  }
  bool add_answers(std::size_t from, std::size_t rows) {
    for (std::size_t r = from; r < from + rows; ++r)
      of_rows()[r] = std::accumulate(of_answers(r), of_answers(r + 1), T(0));
    return true;
  }

  const Object& cost_;
  nnrun_cost_functions functions_;
  std::size_t cols_, answer_, answers_;
  Buffer<T> of_rows_, of_answers_;
};

}  // namespace nnrun::host
