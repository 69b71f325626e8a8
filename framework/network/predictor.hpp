// Raw rows on their way through a network, to answers in the units of the data.
#pragma once
#include <optional>
#include <span>

#include "network/ordered_classes.hpp"
#include "network/row_preparation.hpp"
#include "network/workspace.hpp"
namespace nnrun::host {

/// A model's numbers, as those who only use them see them. All of it must outlive whoever does.
template <class T>
struct NumbersInUse {
  const Graph& graph;
  const Preparation& preparation;
  const T *w, *state;
  bool ordered;  ///< the classes have an order: see DataNames

  std::size_t outputs() const { return graph.output().cols; }
  /// Returns how many numbers a row is answered with.
  std::size_t answers() const { return outputs() + (ordered ? 1 : 0); }
};

/// Works on a model with memory of its own: several may work on one at the same time, since none of
/// them changes it. Nothing is allocated after the first row.
template <class T>
class Predictor {
 public:
  /// rows: that run forward at a time, at most.
  Predictor(const NumbersInUse<T>& model, std::size_t rows)
      : model_(model),
        rows_(rows),
        // a trained network's state is only read
        workspace_(model.graph, rows, model.w, const_cast<T*>(model.state), false),
        pass_(workspace_.pass()) {}
  Predictor(const Predictor&) = delete;
  Predictor& operator=(const Predictor&) = delete;

  /// Prepares one raw row, to be number `at`. Throws DataError if a prepared input is not finite,
  /// or not one that a layer takes; then it may be called again.
  template <class Number>
  void prepare(const Number* row, std::size_t at) {
    if (!prepare_) begin();
    (*prepare_)(row, x_.data() + at * model_.graph.input_cols);
  }
  /// Looks up what `prepare` needs, as its first call does.
  void begin() {
    x_ = Buffer<T>(rows_ * model_.graph.input_cols);
    prepare_.emplace(model_.graph, model_.preparation);
  }
  /// Runs the first `rows` prepared rows, and writes the answers to `count` of them from number
  /// `first` on.
  template <class Number>
  void run(std::size_t rows, std::size_t first, std::size_t count, Number* answers) {
    write(outputs(x_.data(), rows) + first * model_.outputs(), count, answers);
  }

  /// Returns the outputs for rows of prepared inputs, valid until the next call.
  const T* outputs(const T* x, std::size_t rows) {
    pass_.set_batch(x, rows);
    return pass_.forward();
  }
  /// Returns what a node of the graph makes of these rows.
  const T* outputs_of(std::size_t node) const { return workspace_.output(node); }
  /// Returns what the cost takes of these rows.
  const T* for_cost() const { return pass_.for_cost(); }
  std::size_t rows() const { return rows_; }

 private:
  template <class Number>
  void write(const T* y, std::size_t count, Number* answers) const {
    const std::size_t out = model_.outputs(), n = count * out;
    const Preparation& preparation = model_.preparation;
    if (model_.ordered) {
      for (std::size_t row = 0; row < count; ++row, answers += out + 1)
        class_probabilities(std::span<const T>(y + row * out, out), std::span(answers, out + 1));
    } else if (preparation.scales_targets()) {
      for (std::size_t i = 0; i < n; ++i)
        answers[i] = static_cast<Number>(preparation.in_units(static_cast<double>(y[i]), i % out));
    } else {
      for (std::size_t i = 0; i < n; ++i) answers[i] = static_cast<Number>(y[i]);
    }
  }

  NumbersInUse<T> model_;
  std::size_t rows_;
  Workspace<T> workspace_;
  Pass<T> pass_;
  std::optional<RowPreparation<T>> prepare_;
  Buffer<T> x_;
};

extern template class Predictor<float>;  // compiled with model.cpp
extern template class Predictor<double>;

}  // namespace nnrun::host
