#include "training/doubts.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/text.hpp"
#include "config/metric_names.hpp"
#include "loading/setting.hpp"
#include "training/diagnosis.hpp"
#include "training/monitor.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t long_rise = 5, long_high = 10;
// No usual training ends with such parameters, unless its targets are as large.
constexpr double huge_parameter = 1e5;

constexpr const char* parts_in_words[] = {"training", "validation", "test"};

Problem not_defined(const std::string& name, double value, std::size_t part, const Place& place) {
  return {.what = name + " of the " + parts_in_words[part] + " part is " +
                  (std::isnan(value) ? "not defined" : "infinite"),
          .place = place,
          .hint = "look at the outputs and the targets of that part: nnrun predict RUN FILE"};
}

void add_not_defined(const Experiment& experiment, const EpochReport& result,
                     std::vector<Problem>& doubts) {
  const std::vector<std::string> names = metric_names(experiment.metrics);
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const Score* const score = result.score(part);
    if (score == nullptr) continue;
    if (!std::isfinite(score->cost))
      doubts.push_back(not_defined("the cost", score->cost, part, experiment.train.cost.place));
    for (std::size_t i = 0; i < score->metrics.size(); ++i)
      if (!std::isfinite(score->metrics[i]))
        doubts.push_back(
            not_defined(names[i], score->metrics[i], part, experiment.metrics[i].place));
  }
}

/// Says of each value that is watched if it was not defined in any epoch.
void add_unwatched(const Experiment& experiment, const Trainer& trainer, const History& history,
                   std::vector<Problem>& doubts) {
  const auto add = [&](const Placed<std::string>& watched, const char* result) {
    const Monitor monitor(watched, experiment, trainer.data());
    for (std::size_t i = 0; i < history.size(); ++i)
      if (!std::isnan(monitor.value_of(history[i]))) return;
    doubts.push_back({.what = "'" + watched.value + "' was not defined in any epoch, so " + result,
                      .place = watched.place,
                      .hint = "watch the cost of that part, or give the part more examples"});
  };
  if (history.empty()) return;
  const TrainSpec& train = experiment.train;
  if (train.early_stopping && !train.early_stopping->monitor.value.empty())
    add(train.early_stopping->monitor, "no epoch is the best, and the last was kept");
  if (train.schedule.use && !train.schedule.monitor.value.empty())
    add(train.schedule.monitor, "the schedule did not see it improve");
  if (!train.checkpoint.best.value.empty())
    add(train.checkpoint.best, "no model of a best epoch was kept");
}

template <class T>
double largest_in(const BlockValues& block) {
  double largest = 0;
  for (std::size_t at = 0; at < block.bytes.size(); at += sizeof(T)) {
    T x;
    std::memcpy(&x, block.bytes.data() + at, sizeof x);
    largest = std::max(largest, std::abs(static_cast<double>(x)));
  }
  return largest;
}

void add_huge_parameters(const Experiment& experiment, const Trainer& trainer,
                         const std::vector<BlockValues>& blocks, std::vector<Problem>& doubts) {
  const auto [low, high] = trainer.target_range();
  const double limit = huge_parameter * std::max({1., std::abs(low), std::abs(high)});
  double largest = 0;
  const BlockValues* whose = nullptr;
  for (const BlockValues& block : blocks) {
    const double own =
        experiment.dtype == Dtype::float32 ? largest_in<float>(block) : largest_in<double>(block);
    if (own > largest) {
      largest = own;
      whose = &block;
    }
  }
  if (largest > limit)
    doubts.push_back({.what = "the parameters became huge: " + whose->name + " reaches " +
                              significant(largest, 3),
                      .place = experiment.train.optimizer.use.place,
                      .hint = smaller_rate(experiment.train.optimizer.learning_rate)});
}

/// The mean of the targets is what a network answers that has learned nothing of its inputs. The
/// training cost is measured while the network learns, so it lags behind.
void add_worse_than_mean(const Experiment& experiment, const Trainer& trainer,
                         const Outcome& outcome, std::vector<Problem>& doubts) {
  constexpr std::size_t few_epochs = 3;
  constexpr double clearly = 1.1;
  const std::shared_ptr<const Model> model = trainer.model();
  if (!outcome.result || outcome.steps == 0 || outcome.epochs.size() < few_epochs ||
      model->targets().kind != NNRUN_NUMBERS || model->graph().cost_takes_scores)
    return;
  const double cost = outcome.result->train.cost, of_means = trainer.cost_of_means();
  if (!(cost > clearly * of_means) || !(of_means > 0)) return;
  const auto [low, high] = trainer.target_range();
  const bool far = is_far_from_start({low, high});
  doubts.push_back(
      {.what =
           "the network answers worse than the mean of the targets would: its training cost is " +
           significant(cost, 3) + ", that of the mean " + significant(of_means, 3) +
           (far ? "; data: {target_scale: standard} brings targets near 0" : ""),
       .place = experiment.data.use.place,
       .hint = far ? "write target_scale: standard in data: it is undone in answers and metrics"
                   : "train for more epochs, or with another learning_rate"});
}

/// Returns whether the cost could count rare classes more, and does not.
bool counts_all_alike(const Use& cost) {
  for (std::size_t i = 0; i < cost.settings.size(); ++i)
    if (const auto* const numbers = std::get_if<std::vector<double>>(&cost.settings[i]);
        weighs_classes(setting_of(*cost.plugin, i)))
      return numbers != nullptr && numbers->empty();
  return false;
}

/// Labels that leave numbers out make classes that nothing has.
void add_absent(const Experiment& experiment, const std::vector<std::size_t>& counts,
                const std::vector<std::string>& names, std::vector<Problem>& doubts) {
  constexpr std::size_t most = 12;
  std::vector<std::string> absent;
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] == 0) absent.push_back(names[c]);
  const bool one = absent.size() == 1;
  doubts.push_back(
      {.what =
           std::string(one ? "class " : "classes ") + join_first(absent, most) +
           (one ? " does not occur" : " do not occur") + ", but the network has an output for " +
           (one ? "it" : "each") +
           ": number the classes anew, 0, 1, 2, …, as "
           "numpy.unique(labels, return_inverse=True)[1] does, or leave such ones out of classes",
       .place = experiment.data.use.place,
       .hint = "number the classes anew, or leave such ones out of classes"});
}

/// Where a class is rare, it costs least to never answer with it.
void add_ignored_class(const Experiment& experiment, Trainer& trainer, const Outcome& outcome,
                       std::vector<Problem>& doubts) {
  const Use& cost = experiment.train.cost;
  if (!outcome.result || outcome.steps == 0 || !counts_all_alike(cost)) return;
  const TargetSummary targets = trainer.targets();
  std::vector<std::size_t> actual = targets.counts;
  const std::vector<std::string>& classes = trainer.data().names.classes;
  std::vector<std::string> names = classes;
  if (actual.empty() && targets.ones.size() == 1) {
    if (targets.ranges[0].first == targets.ranges[0].second) return;  // it was warned of
    actual = {targets.rows - targets.ones[0], targets.ones[0]};
    names = {shortest(targets.ranges[0].first), shortest(targets.ranges[0].second)};
  }
  if (actual.size() < 2 || names.size() != actual.size()) return;
  const std::vector<std::size_t>& untaught = trainer.data().untaught_classes;  // which is said
  std::size_t rarest = 0;
  for (std::size_t c = 0; c < actual.size(); ++c)
    if (!std::ranges::binary_search(untaught, c) &&
        (actual[c] < actual[rarest] || std::ranges::binary_search(untaught, rarest)))
      rarest = c;
  if (actual[rarest] == 0) return add_absent(experiment, actual, names, doubts);
  if (actual[rarest] * 3 > *std::ranges::max_element(actual)) return;
  const std::vector<std::size_t> answered = trainer.answered_classes();
  if (answered.size() != actual.size() || answered[rarest] * 10 > actual[rarest]) return;
  doubts.push_back({.what = "class '" + names[rarest] + "' is the answer for " +
                            std::to_string(answered[rarest]) + " training examples, and " +
                            std::to_string(actual[rarest]) + " of " + std::to_string(targets.rows) +
                            " rows have it; train: {cost: {type: " + cost.plugin->name +
                            ", class_weights: balanced}} makes it count as much as the others",
                    .place = cost.place,
                    .hint = "write {type: " + cost.plugin->name + ", class_weights: balanced}"});
}

}  // namespace

bool CostWatch::is_above_lowest_by(double part) const {
  return last_ > lowest_ + part * std::abs(lowest_) && last_ > lowest_ + 0.1 * (first_ - lowest_);
}

void CostWatch::take(const EpochReport& report) {
  const double cost = report.train.cost;
  if (epochs_ == 0) first_ = lowest_ = last_ = cost;
  if (epochs_ == 0 || cost < lowest_) {
    lowest_ = cost;
    lowest_epoch_ = report.epoch;
  }
  rises_ = cost > last_ ? rises_ + 1 : 0;
  last_ = cost;
  const bool is_high = is_above_lowest_by(1) || cost > first_ + 0.1 * std::abs(first_);
  high_ = is_high ? high_ + 1 : 0;
  last_epoch_ = report.epoch;
  ++epochs_;
  has_risen_ = has_risen_ || high_ >= long_high || (rises_ >= long_rise && is_above_lowest_by(1));
}

Problem CostWatch::warning(const Experiment& experiment) const {
  return {.what = "the training cost rose since epoch " + std::to_string(lowest_epoch_) +
                  ", from " + significant(lowest_, 3) + " to " + significant(last_, 3) +
                  " in epoch " + std::to_string(last_epoch_),
          .place = experiment.train.optimizer.use.place,
          .hint = smaller_rate(experiment.train.optimizer.learning_rate)};
}

std::vector<Problem> doubts_about(const Experiment& experiment, Trainer& trainer,
                                  const Outcome& outcome, const std::vector<BlockValues>& blocks) {
  std::vector<Problem> doubts;
  CostWatch watch;
  for (std::size_t i = 0; i < outcome.epochs.size(); ++i) watch.take(outcome.epochs[i]);
  if (watch.is_risen()) doubts.push_back(watch.warning(experiment));
  if (outcome.result) add_not_defined(experiment, *outcome.result, doubts);
  add_unwatched(experiment, trainer, outcome.epochs, doubts);
  add_huge_parameters(experiment, trainer, blocks, doubts);
  add_worse_than_mean(experiment, trainer, outcome, doubts);
  add_ignored_class(experiment, trainer, outcome, doubts);
  return doubts;
}

}  // namespace nnrun::host
