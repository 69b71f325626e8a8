// Cost, metrics and outputs over many examples, without slopes.
#pragma once
#include <algorithm>
#include <limits>

#include "network/cost_calls.hpp"
#include "network/model.hpp"
#include "network/ordered_classes.hpp"
#include "training/data.hpp"
#include "training/outcome.hpp"
namespace nnrun::host {

template <class T>
class Evaluation {
 public:
  /// Keeps references to all three.
  Evaluation(ModelOf<T>& model, const Object& cost, const std::vector<Object>& metrics)
      : model_(model), metrics_(metrics), costs_(cost, model.graph(), Model::most_rows) {}

  /// Returns mean cost, weighted where examples or classes have weights, and metrics, to which
  /// every example counts the same. examples: at least one.
  Score score(const Examples<T>& examples) {
    const std::size_t out = model_.graph().output().cols;
    if (!metrics_.empty() && outputs_.size() < examples.count * out)
      outputs_ = Buffer<T>(examples.count * out);
    double sum = 0;
    kept_of_ = nullptr;
    for (std::size_t from = 0; from < examples.count; from += Model::most_rows) {
      const std::size_t n = std::min(Model::most_rows, examples.count - from);
      const T* const y = model_.outputs(examples.inputs(from, n, model_.graph().input_cols), n);
      costs_.values(model_.for_cost(), examples.t.data() + from * out, 0, n);
      add_costs(examples, costs_, from, n, sum);
      if (!metrics_.empty()) std::copy_n(y, n * out, outputs_.data() + from * out);
    }
    if (!metrics_.empty()) kept_of_ = &examples;
    return {sum / examples.divisor_of(0, examples.count), measure(outputs_.data(), examples)};
  }
  /// Returns the outputs of `score` for these examples, if they are those that it saw last, and it
  /// kept them for metrics; else nullptr. They are of the parameters of then.
  const T* kept_outputs(const Examples<T>& examples) const {
    return kept_of_ == &examples ? outputs_.data() : nullptr;
  }
  void forget_outputs() { kept_of_ = nullptr; }

  /// Returns the metrics of outputs that are computed already.
  std::vector<double> measure(const T* y, const Examples<T>& examples) {
    std::vector<double> values;
    for_metrics(y, examples, [&](const auto* outputs, const auto* targets) {
      values = measure(outputs, targets, examples);
    });
    return values;
  }

  /// Returns the mean cost of answering each example with the mean of each target.
  double cost_of_means(const Examples<T>& examples) const {
    const std::size_t out = model_.graph().output().cols;
    std::vector<double> means(out);
    for (std::size_t i = 0; i < examples.count * out; ++i)
      means[i % out] += static_cast<double>(examples.t.data()[i]);
    Buffer<T> y(Model::most_rows * out);
    for (std::size_t i = 0; i < y.size(); ++i)
      y.data()[i] = static_cast<T>(means[i % out] / static_cast<double>(examples.count));
    return cost_of(examples, [&](std::size_t, std::size_t) { return y.data(); });
  }
  /// Returns the score of a network that answers each example of a series with the targets of the
  /// last row that it knows; nothing if there is no such row. A cost it has of numbers alone: an
  /// answer of yes or no that is wrong costs without end.
  std::optional<Score> score_of_last(const Examples<T>& examples) {
    if (examples.last.data() == nullptr || examples.count == 0) return std::nullopt;
    const std::size_t out = model_.graph().output().cols;
    Buffer<T> y(Model::most_rows * out);
    const double cost = cost_of(examples, [&](std::size_t from, std::size_t n) {
      std::copy_n(examples.last.data() + from * out, n * out, y.data());
      return y.data();
    });
    const double* const in_units = examples.last_in_units.data();
    return Score{
        model_.targets().kind == NNRUN_NUMBERS ? cost : std::numeric_limits<double>::quiet_NaN(),
        in_units != nullptr ? measure(in_units, examples.in_units.data(), examples)
                            : measure(examples.last.data(), examples)};
  }

  /// Returns how many examples each class is the answer for: the largest output, or of one output
  /// no and yes. border: above it lies a yes.
  std::vector<std::size_t> answered(const Examples<T>& examples, double border) {
    const std::size_t out = model_.graph().output().cols, width = model_.answer_width();
    std::vector<std::size_t> counts(width == 1 ? 2 : width);
    for (std::size_t from = 0; from < examples.count; from += Model::most_rows) {
      const std::size_t n = std::min(Model::most_rows, examples.count - from);
      const T* const y = model_.outputs(examples.inputs(from, n, model_.graph().input_cols), n);
      for (const T* row = y; row != y + n * out; row += width)
        ++counts[width == 1 ? static_cast<std::size_t>(static_cast<double>(*row) > border)
                            : static_cast<std::size_t>(std::max_element(row, row + width) - row)];
    }
    return counts;
  }

  bool has_metrics() const { return !metrics_.empty(); }
  /// Returns whether outputs are needed for what add_details adds.
  bool has_tables() const {
    return std::ranges::any_of(metrics_, [&](const Object& metric) {
      return table_of<T>(metric) != nullptr || per_class_of<T>(metric) != nullptr;
    });
  }
  /// Like score, with what metrics give beside their number.
  Score score_with_details(const Examples<T>& examples) {
    Score score = this->score(examples);
    add_details(score, outputs_.data(), examples);
    return score;
  }
  /// Adds tables, numbers per class and words. y: the outputs, nullptr if none are needed.
  void add_details(Score& score, const T* y, const Examples<T>& examples) {
    const std::size_t cols = model_.answer_width(), n = cols == 1 ? 2 : cols,
                      rows = answers_in(examples);
    if (cols == 1 && model_.names().classes.size() == 2) score.positive = model_.names().classes[1];
    for_metrics(y, examples, [&]<class Number>(const Number* outputs, const Number* targets) {
      for (const Object& metric : metrics_) {
        score.words.push_back(word_for(metric));
        std::vector<double>&table = score.tables.emplace_back(),
        &classes = score.per_class.emplace_back();
        if (n > most_classes) continue;
        if (const auto function = table_of<Number>(metric)) {
          table.resize(n * n);
          metric.call("table", function, outputs, targets, rows, cols, table.data());
        }
        if (const auto function = per_class_of<Number>(metric)) {
          classes.resize(n);
          metric.call("per_class", function, outputs, targets, rows, cols, classes.data());
        }
      }
    });
  }

  static constexpr std::size_t most_classes = 1000;  ///< of a table

 private:
  std::size_t answers_in(const Examples<T>& examples) const {
    return examples.count * (model_.answers() / model_.answer_width());
  }
  /// Returns the metrics of outputs as they are to see them.
  template <class Number>
  std::vector<double> measure(const Number* outputs, const Number* targets,
                              const Examples<T>& examples) const {
    std::vector<double> values;
    for (const Object& metric : metrics_)
      metric.call("value", metric.functions<nnrun_metric>().value[dtype_of<Number>], outputs,
                  targets, answers_in(examples), model_.answer_width(), &values.emplace_back());
    return values;
  }
  /// Returns the mean cost of answers that no network gave. answers(from, n): a pointer to them.
  double cost_of(const Examples<T>& examples, auto answers) const {
    const std::size_t out = model_.graph().output().cols;
    CostCalls<T> costs(costs_.cost(), model_.graph(), Model::most_rows);
    double sum = 0;
    for (std::size_t from = 0; from < examples.count; from += Model::most_rows) {
      const std::size_t n = std::min(Model::most_rows, examples.count - from);
      costs.values(answers(from, n), examples.t.data() + from * out, 0, n);
      add_costs(examples, costs, from, n, sum);
    }
    return sum / examples.divisor_of(0, examples.count);
  }
  static void add_costs(const Examples<T>& examples, const CostCalls<T>& costs, std::size_t from,
                        std::size_t n, double& sum) {
    const T* const weight = examples.weight.data();
    for (std::size_t r = 0; r < n; ++r) {
      const auto cost = static_cast<double>(costs.of_rows()[r]);
      if (weight == nullptr)
        sum += cost;
      else if (weight[from + r] > 0)  // else it may be infinite
        sum += static_cast<double>(weight[from + r]) * cost;
    }
  }
  /// Calls use with outputs and targets as metrics are to see them: in the units of the data, as
  /// double if they were scaled, for what float32 rounds may be all that is wrong; of classes in
  /// order, how likely each is.
  void for_metrics(const T* y, const Examples<T>& examples, auto use) {
    const Preparation& preparation = model_.preparation();
    const std::size_t cols = model_.answers(), n = examples.count * cols;
    if (y == nullptr || metrics_.empty()) return use(y, examples.t.data());
    if (model_.names().ordered) {
      make_room(n, y_of_classes_, t_of_classes_);
      by_class(y, examples.count, y_of_classes_);
      by_class(examples.t.data(), examples.count, t_of_classes_);
      return use(y_of_classes_.data(), t_of_classes_.data());
    }
    if (!preparation.scales_targets()) return use(y, examples.t.data());
    make_room(n, y_in_units_, t_in_units_);
    const auto unscale = [&](const T* from, Buffer<double>& to) {
      for (std::size_t i = 0; i < n; ++i)
        to.data()[i] = preparation.in_units(static_cast<double>(from[i]), i % cols);
    };
    unscale(y, y_in_units_);
    const bool known = examples.in_units.data() != nullptr;
    if (!known) unscale(examples.t.data(), t_in_units_);
    use(y_in_units_.data(), known ? examples.in_units.data() : t_in_units_.data());
  }
  template <class Number>
  static void make_room(std::size_t n, Buffer<Number>& y, Buffer<Number>& t) {
    if (y.size() >= n) return;
    y = Buffer<Number>(n);
    t = Buffer<Number>(n);
  }
  void by_class(const T* above, std::size_t rows, Buffer<T>& to) const {
    const std::size_t cols = model_.graph().output().cols;
    for (std::size_t r = 0; r < rows; ++r)
      class_probabilities(std::span<const T>(above + r * cols, cols),
                          std::span<T>(to.data() + r * (cols + 1), cols + 1));
  }
  /// Returns nullptr also where several columns are labels, unless the class was built before it
  /// could know that.
  template <class Number>
  auto table_of(const Object& metric) const {
    const auto& functions = metric.functions<nnrun_metric>();
    const auto table = appended(functions, &nnrun_metric::table, dtype_of<Number>);
    const bool labels = model_.graph().output().cols > 1 && model_.targets().kind == NNRUN_LABELS &&
                        declared(functions, &nnrun_metric::prepare) != nullptr;
    return labels ? nullptr : table;
  }
  /// Returns nullptr also where there is one output: then the metric's number says all.
  template <class Number>
  auto per_class_of(const Object& metric) const {
    const auto function =
        appended(metric.functions<nnrun_metric>(), &nnrun_metric::per_class, dtype_of<Number>);
    return model_.answers() > 1 ? function : nullptr;
  }
  /// Returns what the name of a metric leaves open: what its class says, or of which class its
  /// number is, or of how many targets.
  std::string word_for(const Object& metric) const {
    const std::string word = word_of(metric);
    const auto& functions = metric.functions<nnrun_metric>();
    if (!word.empty() || appended(functions, &nnrun_metric::per_class, dtype_of<T>) == nullptr)
      return word;
    const std::size_t cols = model_.answers();
    const std::vector<std::string>& classes = model_.names().classes;
    if (cols == 1 && classes.size() == 2)
      return declared(functions, &nnrun_metric::word) != nullptr ? classes[1] : "";
    return cols > 1 && model_.targets().kind == NNRUN_NUMBERS
               ? "over " + std::to_string(cols) + " targets"
               : "";
  }
  static std::string word_of(const Object& metric) {
    const auto function = declared(metric.functions<nnrun_metric>(), &nnrun_metric::word);
    const char* word = nullptr;
    if (function != nullptr) metric.call("word", function, &word);
    return word != nullptr ? word : "";
  }
  ModelOf<T>& model_;
  const std::vector<Object>& metrics_;
  CostCalls<T> costs_;
  Buffer<T> outputs_, y_of_classes_, t_of_classes_;
  const Examples<T>* kept_of_ = nullptr;  // the examples of outputs_
  Buffer<double> y_in_units_, t_in_units_;
};

/// The score of a model on a part; of a series, also what the last known value scores.
struct PartScore {
  Score score;
  std::optional<Score> naive = {};
};

/// Reads the data and returns cost, metrics and their details of the model in a file on one part.
/// Throws what creating, loading and reading throw. data_sha256: is set to the checksum of all
/// parts, unless it is nullptr.
PartScore score_of(const Experiment& experiment, const ModelFile& file, DataSource& data,
                   std::size_t part, std::string* data_sha256 = nullptr);

extern template class Evaluation<float>;  // compiled with evaluation.cpp
extern template class Evaluation<double>;

}  // namespace nnrun::host
