// The scores of every part of the data, for reports.
#pragma once
#include "training/evaluation.hpp"
namespace nnrun::host {

template <class T>
class Reports {
 public:
  /// Keeps references to all of them; parts may be read later.
  Reports(ModelOf<T>& model, const Object& cost, const std::vector<Object>& metrics,
          const std::array<Examples<T>, NNRUN_PARTS>& parts)
      : evaluation_(model, cost, metrics), parts_(parts) {}

  /// Returns the outputs for a part, if they are known since it was measured; else nullptr.
  const T* known_outputs(std::size_t part) const { return evaluation_.kept_outputs(parts_[part]); }
  /// The parameters have changed: outputs that are known are of others.
  void forget_outputs() { evaluation_.forget_outputs(); }
  /// Evaluates the training part.
  Score train() { return evaluation_.score(parts_[NNRUN_TRAIN]); }
  /// Returns the cost of the training part, were every answer the mean of its targets.
  double cost_of_means() const { return evaluation_.cost_of_means(parts_[NNRUN_TRAIN]); }
  /// Returns the score of a part of a series, were every answer the last value that is known;
  /// nothing if none is.
  std::optional<Score> of_last(std::size_t part) { return evaluation_.score_of_last(parts_[part]); }
  /// Returns how many examples of the training part each class is the answer for.
  std::vector<std::size_t> answered(double border) {
    return evaluation_.answered(parts_[NNRUN_TRAIN], border);
  }
  /// Returns the metrics of the training part. outputs: as training computed them for all of it;
  /// nullptr: they are computed again.
  std::vector<double> train_metrics(const T* outputs) {
    if (!evaluation_.has_metrics()) return {};
    return outputs ? evaluation_.measure(outputs, parts_[NNRUN_TRAIN]) : train().metrics;
  }
  /// Evaluates all parts, once, with what metrics give beside their number.
  void measure(EpochReport& r) {
    const auto score = [&](std::size_t part) {
      return evaluation_.has_metrics() ? evaluation_.score_with_details(parts_[part])
                                       : evaluation_.score(parts_[part]);
    };
    r.train = score(NNRUN_TRAIN);
    if (parts_[NNRUN_VALIDATION].count > 0) r.validation = score(NNRUN_VALIDATION);
    if (parts_[NNRUN_TEST].count > 0) r.test = score(NNRUN_TEST);
  }
  void add_others(EpochReport& r) {
    if (parts_[NNRUN_VALIDATION].count > 0)
      r.validation = evaluation_.score(parts_[NNRUN_VALIDATION]);
    if (parts_[NNRUN_TEST].count > 0) r.test = evaluation_.score(parts_[NNRUN_TEST]);
  }
  /// Adds what metrics give beside their number to the scores of the present parameters. outputs:
  /// as in train_metrics.
  void add_details(EpochReport& r, const T* outputs) {
    if (!evaluation_.has_metrics()) return;
    add_details(r.train, outputs, parts_[NNRUN_TRAIN]);
    if (r.validation) add_details(*r.validation, nullptr, parts_[NNRUN_VALIDATION]);
    if (r.test) add_details(*r.test, nullptr, parts_[NNRUN_TEST]);
  }

 private:
  /// The scores stay those that were measured: while training, of the training part.
  void add_details(Score& score, const T* outputs, const Examples<T>& examples) {
    if (outputs || !evaluation_.has_tables())
      return evaluation_.add_details(score, outputs, examples);
    Score anew = evaluation_.score_with_details(examples);
    score.tables = std::move(anew.tables);
    score.per_class = std::move(anew.per_class);
    score.words = std::move(anew.words);
    score.positive = std::move(anew.positive);
  }

  Evaluation<T> evaluation_;
  const std::array<Examples<T>, NNRUN_PARTS>& parts_;
};

}  // namespace nnrun::host
