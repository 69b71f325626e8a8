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

  /// Evaluates the training part.
  Score train() { return evaluation_.score(parts_[NNRUN_TRAIN]); }
  /// Returns the metrics of the training part. outputs: as training computed them for all of it;
  /// nullptr: they are computed again.
  std::vector<double> train_metrics(const T* outputs) {
    if (!evaluation_.has_metrics()) return {};
    return outputs ? evaluation_.measure(outputs, parts_[NNRUN_TRAIN]) : train().metrics;
  }
  void add_others(EpochReport& r) {
    if (parts_[NNRUN_VALIDATION].count > 0)
      r.validation = evaluation_.score(parts_[NNRUN_VALIDATION]);
    if (parts_[NNRUN_TEST].count > 0) r.test = evaluation_.score(parts_[NNRUN_TEST]);
  }
  /// Adds tables to the scores of the present parameters. outputs: as in train_metrics.
  void add_tables(EpochReport& r, const T* outputs) {
    if (!evaluation_.has_tables()) return;
    const Examples<T>& train = parts_[NNRUN_TRAIN];
    r.train.tables =
        outputs ? evaluation_.tables(outputs, train) : evaluation_.score_with_tables(train).tables;
    if (r.validation) r.validation = evaluation_.score_with_tables(parts_[NNRUN_VALIDATION]);
    if (r.test) r.test = evaluation_.score_with_tables(parts_[NNRUN_TEST]);
  }

 private:
  Evaluation<T> evaluation_;
  const std::array<Examples<T>, NNRUN_PARTS>& parts_;
};

}  // namespace nnrun::host
