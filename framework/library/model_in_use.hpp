// A trained network that answers, from any number of threads at once.
#pragma once
#include <memory>
#include <string>
#include <variant>

#include "library/answer_names.hpp"
#include "library/workspaces.hpp"
#include "runs/opened_run.hpp"
#include "training/input_columns.hpp"
namespace nnrun::host {

class ModelInUse {
 public:
  /// Uses the model of a run that was opened. Throws what Model::read throws.
  static std::shared_ptr<ModelInUse> open(OpenedRun run);
  /// Uses a model that was trained. origin: what its file is to say about that; result: as JSON.
  ModelInUse(Experiment experiment, std::shared_ptr<Model> model, Metadata origin,
             std::string result);

  const Experiment& experiment() const { return experiment_; }
  const Model& model() const { return *model_; }
  const AnswerNames& names() const { return names_; }
  const std::vector<Change>& changes() const { return changes_; }
  const Metadata& origin() const { return origin_; }  ///< what its file says about that
  const std::string& result() const { return result_; }
  std::size_t inputs() const { return model_->preparation().inputs(); }
  std::size_t outputs() const { return model_->answers(); }
  /// Returns how many rows run together where rows are answered one by one: see Model.
  std::size_t rows_at_once() const { return rows_at_once_; }

  /// Answers raw rows, one after the other, each as it is alone. Throws DataError, with the number
  /// of the row where there are several, for inputs that the network cannot take, and PluginError.
  /// Nothing is allocated once as many workspaces exist as threads call at the same time.
  void predict(const double* inputs, std::size_t rows, double* outputs) const {
    answer(inputs, rows, outputs);
  }
  void predict(const float* inputs, std::size_t rows, float* outputs) const {
    answer(inputs, rows, outputs);
  }
  /// Returns the numbers of an example that is written as `nnrun predict` takes it. Throws
  /// UsageError.
  std::vector<double> numbers_in(const std::string& text) const;
  /// Writes a file that can be opened again. Throws RecordError.
  void save(const std::filesystem::path& file) const;

  /// Rows that run together, in memory of their own; the model must outlive it.
  class Session;

 private:
  template <class Number>
  void answer(const Number* inputs, std::size_t rows, Number* outputs) const;

  Experiment experiment_;
  std::shared_ptr<Model> model_;
  AnswerNames names_;
  std::vector<Change> changes_;
  Metadata origin_;
  std::string result_;
  std::size_t rows_at_once_ = 1, rows_for_one_ = 1;
  // of the model's precision; the other is empty
  std::unique_ptr<Workspaces<float>> narrow_;
  std::unique_ptr<Workspaces<double>> wide_;
};

class ModelInUse::Session {
 public:
  Session(const ModelInUse& model, std::size_t most_rows);
  /// Answers rows together, as many at a time as there is room for. Throws as predict does.
  void predict(const double* inputs, std::size_t rows, double* outputs) {
    answer(inputs, rows, outputs);
  }
  void predict(const float* inputs, std::size_t rows, float* outputs) {
    answer(inputs, rows, outputs);
  }

  /// The same in two steps, for rows that come one by one. Prepares one, to be number `at` of those
  /// that there is room for; throws as predict does, and may be called again. Runs the first `rows`
  /// of them, and writes the answers to those from number `first` on.
  void prepare(const double* row, std::size_t at);
  void run(std::size_t rows, std::size_t first, double* outputs);

 private:
  template <class Number>
  void answer(const Number* inputs, std::size_t rows, Number* outputs);

  const ModelInUse& model_;
  std::size_t most_rows_;
  std::unique_ptr<Predictor<float>> narrow_;
  std::unique_ptr<Predictor<double>> wide_;
};

}  // namespace nnrun::host
