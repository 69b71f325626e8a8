#include "diagnosis/course.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <numeric>

#include "base/text.hpp"
#include "diagnosis/thresholds.hpp"
#include "training/data_parts.hpp"
#include "training/kept_states.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int decades = 4;  // that are tried below the config's rate, and above
// Tried where none of these learns, and they are not among them: those that networks learn with.
constexpr std::array usual_rates{1e-4, 1e-3, 1e-2, 1e-1, 1., 10.};
constexpr double part_of_trials = 0.4;  // of the time
constexpr std::size_t single_steps = 5, pieces = 12;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::uint64_t planned_steps(const Trainer& trainer) {
  const TrainSpec& train = trainer.experiment().train;
  std::uint64_t steps = trainer.steps_per_epoch() * train.epochs;
  if (train.steps > 0) steps = train.epochs_given ? std::min(steps, train.steps) : train.steps;
  const std::uint64_t examples = trainer.data().examples[NNRUN_TRAIN];
  if (train.max_examples > 0 && examples > 0) {
    const std::uint64_t rest = train.max_examples % examples, batch = train.batch_size;
    steps = std::min(steps, train.max_examples / examples * trainer.steps_per_epoch() +
                                (rest + batch - 1) / batch);
  }
  return steps;
}

/// Returns the size of the first batch's gradient, or 0 if there is none.
double gradient_size(Trainer& trainer) {
  double squares = 0;
  try {
    for (const auto& block : trainer.differentiate(trainer.experiment().train.gradient).blocks)
      for (const double slope : block) squares += slope * slope;
  } catch (const TrainingError&) {
    return 0;  // the training says so, too
  }
  return std::sqrt(squares);
}

double norm_of(const std::vector<double>& x) {
  return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.));
}
double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squares += (b[i] - a[i]) * (b[i] - a[i]);
  return std::sqrt(squares);
}

class Follower {
 public:
  Follower(Trainer& trainer, Probe& probe, const ExaminationLimits& limits)
      : trainer_(trainer), probe_(probe), limits_(limits), begin_(Clock::now()), start_(0) {
    course_.rate = trainer.experiment().train.optimizer.learning_rate;
    course_.planned = planned_steps(trainer);
    if (const double means = probe.cost_of_means(NNRUN_TRAIN); std::isfinite(means))
      course_.means = means;
    start_.keep(0, trainer.state());
    course_.start = probe.cost(NNRUN_TRAIN);
    course_.layers_at_start = probe.look();
    parameters_ = probe.parameters();
    for (const NamedBlock& block : probe.graph().blocks())
      course_.moves.push_back(
          {.name = block.name,
           .node = static_cast<std::size_t>(block.node - probe.graph().nodes.data()),
           .is_weights = block.block->role == NNRUN_WEIGHTS,
           .learns = block.node->learns(),
           .gain = std::sqrt(static_cast<double>(block.block->fan_in))});
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      course_.moves[i].size =
          norm_of(parameters_[i]) /
          std::sqrt(static_cast<double>(std::max<std::size_t>(1, parameters_[i].size())));
      course_.moves[i].gain *= course_.moves[i].size;
      course_.moves[i].begins_equal =
          parameters_[i].size() > 1 &&
          std::ranges::adjacent_find(parameters_[i], std::not_equal_to{}) == parameters_[i].end();
    }
    const TrainSpec& train = trainer.experiment().train;
    if (train.clip_norm > 0 || train.clip_value > 0) course_.gradient = gradient_size(trainer);
  }

  Course follow() {
    try_rates();
    say("training");
    back_to_start();
    course_.costs.emplace_back(0, course_.start);
    measure_first_steps();
    const double until = limits_.seconds;
    for (std::size_t piece = 1; piece <= pieces && !is_ended(); ++piece) {
      const double from = seconds_since(begin_);
      const double share = (until - from) / static_cast<double>(pieces - piece + 1);
      if (share <= 0) break;
      advance(most_in_piece(), from + share);
      note_cost();
    }
    for (std::size_t i = 0; i < trainer_.history().size(); ++i)
      course_.epochs.push_back(trainer_.history()[i]);
    course_.steps = trainer_.steps();
    look_at_end(*trainer_.model());
    return std::move(course_);
  }

  Course of_run(const Model& end, const std::vector<EpochReport>& epochs) {
    try_rates();
    back_to_start();
    measure_first_steps();
    back_to_start();
    course_.failure.reset();
    course_.is_over = course_.is_recorded = true;
    course_.epochs = epochs;
    course_.costs.clear();
    course_.steps = epochs.empty() ? course_.planned : steps_until(epochs.back());
    for (const EpochReport& epoch : epochs)
      course_.costs.emplace_back(steps_until(epoch), epoch.train.cost);
    look_at_end(end);
    return std::move(course_);
  }

 private:
  bool is_ended() const { return course_.is_over || course_.failure || is_stopped(); }
  bool is_stopped() const { return limits_.stop && limits_.stop(); }
  void say(const std::string& what) const {
    if (limits_.progress) limits_.progress(what);
  }

  /// Makes steps until some were made, or so many seconds of the examination are over.
  void advance(std::uint64_t steps, double until) {
    Listener listener;
    listener.stop = [&] { return seconds_since(begin_) > until || is_stopped(); };
    try {
      course_.is_over = trainer_.advance(listener, steps);
    } catch (const TrainingError& error) {
      course_.failure = error.problems().front();
    }
  }
  void back_to_start() {
    trainer_.restore(start_.at_or_before(0).second);
    trainer_.set_learning_rate(course_.rate);
    course_.failure.reset();
    course_.is_over = false;
  }
  /// Makes the steps of a trial. Early stopping does not end it: it says nothing of the rate.
  void advance_trial(std::uint64_t steps, double until) {
    advance(steps, until);
    if (!trainer_.experiment().train.early_stopping) return;
    std::uint64_t before = 0;
    while (course_.is_over && !course_.failure && !is_stopped() && seconds_since(begin_) < until &&
           trainer_.steps() > before && trainer_.steps() < steps) {
      before = trainer_.steps();
      if (is_first_trial_ && course_.stopped_at == 0) course_.stopped_at = before;
      forget_best_epoch();
      advance(steps - before, until);
    }
  }
  void forget_best_epoch() {
    KeptStates kept(0);
    kept.keep(0, trainer_.state());
    std::vector<StateNumbers> now = kept.at_or_before(0).second;
    const std::vector<StateNumbers> first = start_.at_or_before(0).second;
    for (std::size_t i = 0; i < now.size(); ++i)
      if (now[i].name.starts_with("best/")) now[i] = first[i];
    trainer_.restore(now);
  }
  /// So that a small network is measured often enough to see how its cost falls.
  std::uint64_t most_in_piece() const {
    return std::max<std::uint64_t>(1, course_.planned / pieces + 1);
  }
  void note_cost() {
    probe_.take(*trainer_.model());
    course_.costs.emplace_back(trainer_.steps(), probe_.cost(NNRUN_TRAIN));
  }

  RateTrial trial_of(double rate, std::uint64_t steps, double seconds) {
    back_to_start();
    trainer_.set_learning_rate(rate);
    advance_trial(steps, seconds_since(begin_) + seconds);
    probe_.take(*trainer_.model());
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    if (course_.failure) return {rate, none, none};
    return {rate, probe_.cost(NNRUN_TRAIN), probe_.cost(counting_part())};
  }
  std::uint64_t steps_until(const EpochReport& epoch) const {
    return std::min(course_.planned, epoch.epoch * trainer_.steps_per_epoch());
  }
  std::size_t counting_part() const {
    const auto& examples = trainer_.data().examples;
    return part_to_choose_by([&](std::size_t p) { return examples[p] > 0; });
  }

  /// The range test: the config's rate says how many steps the time allows, the others make as
  /// many.
  void try_rates() {
    const double each = limits_.seconds * part_of_trials / (2 * decades + 1);
    say("trying learning rates");
    const std::uint64_t most =
        std::min<std::uint64_t>(thresholds::most_trial_steps, course_.planned);
    const RateTrial own = trial_of(course_.rate, most, each);
    is_first_trial_ = false;
    const std::uint64_t steps = course_.failure ? most : trainer_.steps();
    if (steps < thresholds::fewest_trial_steps || course_.rate <= 0) return;
    course_.trial_steps = steps;
    for (int k = -decades; k <= decades && !is_stopped(); ++k) {
      const RateTrial trial =
          k == 0 ? own : trial_of(course_.rate * std::pow(10., k), steps, 2 * each);
      if (course_.failure || k == 0 || trainer_.steps() * 2 > steps)
        course_.trials.push_back(trial);
    }
    try_usual_rates(steps, each);
  }
  void try_usual_rates(std::uint64_t steps, double each) {
    const auto learns = [&](const RateTrial& trial) {
      return course_.learned_at(trial.cost) >= thresholds::learned_something;
    };
    if (std::ranges::any_of(course_.trials, learns)) return;
    const double reach = 2 * std::pow(10., decades);
    for (const double rate : usual_rates) {
      if (is_stopped() || (rate < course_.rate * reach && rate > course_.rate / reach)) continue;
      const RateTrial trial = trial_of(rate, steps, each);
      if (course_.failure || trainer_.steps() * 2 > steps) course_.trials.push_back(trial);
    }
    std::ranges::sort(course_.trials, {}, &RateTrial::rate);
  }

  void measure_first_steps() {
    std::vector<double> sums(course_.moves.size());
    std::size_t made = 0;
    for (; made < single_steps && !is_ended(); ++made) {
      probe_.take(*trainer_.model());
      const auto before = probe_.parameters();
      advance(1, limits_.seconds + seconds_since(begin_));
      probe_.take(*trainer_.model());
      if (!course_.failure) course_.costs.emplace_back(trainer_.steps(), probe_.cost(NNRUN_TRAIN));
      const auto after = probe_.parameters();
      double squares = 0;
      for (std::size_t i = 0; i < sums.size(); ++i)
        squares += std::pow(distance(before[i], after[i]), 2);
      course_.first_steps += std::sqrt(squares);
      for (std::size_t i = 0; i < sums.size(); ++i)
        if (const double norm = norm_of(before[i]); norm > 0)
          sums[i] += distance(before[i], after[i]) / norm;
    }
    if (made > 0) course_.first_steps /= static_cast<double>(made);
    for (std::size_t i = 0; i < sums.size() && made > 0; ++i)
      course_.moves[i].of_step = sums[i] / static_cast<double>(made);
  }

  void look_at_end(const Model& end) {
    probe_.take(end);
    const auto parameters = probe_.parameters();
    for (std::size_t i = 0; i < course_.moves.size(); ++i) {
      const double before = norm_of(parameters_[i]), after = norm_of(parameters[i]);
      if (!(before > 0)) continue;
      course_.moves[i].of_all = distance(parameters_[i], parameters[i]) / before;
      course_.moves[i].growth = after / before;
    }
    course_.end = probe_.cost(NNRUN_TRAIN);
    course_.layers = probe_.look();
    course_.skill = probe_.skill(NNRUN_TRAIN);
    const std::size_t part = counting_part();
    course_.held_out_cost = probe_.cost(part);
    course_.held_out_means = probe_.cost_of_means(part);
    if (part != NNRUN_TRAIN) {
      course_.held_out = probe_.skill(part);
      course_.surest = probe_.surest_errors(part);
      course_.held_out_examples = trainer_.data().examples[part];
    }
    course_.answered = probe_.answered();
    course_.metrics_of_constant = probe_.metrics_of_constant();
  }

  Trainer& trainer_;
  Probe& probe_;
  const ExaminationLimits& limits_;
  Clock::time_point begin_;
  KeptStates start_;
  std::vector<std::vector<double>> parameters_;  // at the start
  bool is_first_trial_ = true;
  Course course_;
};

}  // namespace

bool Course::has_seen_enough() const {
  if (is_over || is_recorded || failure || learned() >= thresholds::learned_much) return true;
  // one that has not yet passed the constant answer may still do so
  return steps >= thresholds::fewest_steps_to_judge && learned() > 0;
}

double Course::learned_at_own_rate() const {
  const auto own = std::ranges::find(trials, rate, &RateTrial::rate);
  return own == trials.end() ? learned() : std::max(learned(), learned_at(own->cost));
}

Course course_of_training(Trainer& trainer, Probe& probe, const ExaminationLimits& limits) {
  return Follower(trainer, probe, limits).follow();
}

Course course_of_run(Trainer& trainer, Probe& probe, const Model& end,
                     const std::vector<EpochReport>& epochs, const ExaminationLimits& limits) {
  return Follower(trainer, probe, limits).of_run(end, epochs);
}

}  // namespace nnrun::host
