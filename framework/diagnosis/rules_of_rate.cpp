// Which learning rate would do better, and what else makes steps too short or wrong.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "diagnosis/rules.hpp"
#include "diagnosis/thresholds.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;

template <class F>
const RateTrial* best_trial(const Course& course, F f) {
  const RateTrial* best = nullptr;
  for (const RateTrial& trial : course.trials)
    if (f(trial) && course.learned_at(trial.held_out) >= learned_something &&
        (!best || trial.cost < best->cost))
      best = &trial;
  return best;
}

/// Returns the largest share of its weights that a step moved at first.
const BlockMove* most_moved(const Course& course) {
  const BlockMove* most = nullptr;
  for (const BlockMove& move : course.moves)
    if (move.is_weights && move.learns && (!most || move.of_step > most->of_step)) most = &move;
  return most;
}

std::string trial_note(const Evidence& e, const RateTrial& best) {
  const Course& c = e.course;
  std::string note = "a rate of " + number_text(best.rate) + " brings the cost from " +
                     number_text(c.start) + " to " + number_text(best.cost) +
                     in_steps(c.trial_steps) + ", this one to " +
                     (std::isfinite(c.end) ? number_text(c.end) : "infinity") + in_steps(c.steps);
  if (const BlockMove* const most = most_moved(c))
    note += "; a first step moves " + most->name + " by " + percent_text(most->of_step) +
            " of its size";
  return note;
}

/// Returns whether a higher rate brings the cost ever further below 0.
bool falls_without_bound(const Course& c) {
  const double size = std::max({1., std::abs(c.start), std::abs(c.reference())});
  const RateTrial* lower = nullptr;
  for (const RateTrial& trial : c.trials) {
    if (!std::isfinite(trial.cost)) continue;
    if (lower && trial.cost < -far_below_zero * size && trial.cost < 2 * lower->cost) return true;
    lower = &trial;
  }
  return false;
}

Found unbounded_cost(const Evidence& e) {
  const Course& c = e.course;
  if (!falls_without_bound(c)) return {};
  const auto lowest = std::ranges::min_element(c.trials, {}, [](const RateTrial& t) {
    return std::isfinite(t.cost) ? t.cost : std::numeric_limits<double>::max();
  });
  return Illness{"cost",
                 Confidence::certain,
                 {.what = "the cost falls without a bound: larger outputs make it ever lower, "
                          "however far they are from the targets",
                  .place = place_of(e, "train.cost"),
                  .hint = "write a cost that is lowest where outputs are the targets, such as "
                          "mean_squared_error",
                  .note = "a rate of " + number_text(lowest->rate) + " brings the cost from " +
                          number_text(c.start) + " to " + number_text(lowest->cost) +
                          in_steps(c.trial_steps)}};
}

/// Returns whether the rate does nothing but measure: a perceptron, from weights of 0, makes the
/// same mistakes at any rate, and its cost is in proportion to it.
bool only_scales(const Course& c) {
  if (c.trials.size() < 3 || !(c.trials.front().cost > 0)) return false;
  const double ratio = c.trials.front().cost / c.trials.front().rate;
  return std::ranges::all_of(c.trials, [ratio](const RateTrial& trial) {
    return std::abs(trial.cost / trial.rate - ratio) <= 0.01 * ratio;
  });
}

/// The setting by which an optimizer goes on along its last steps.
struct Momentum {
  std::string name;
  double number;
  bool averages;  ///< steps, as adam does: they do not add up, and only turn late
};
std::optional<Momentum> momentum_of(const Use& optimizer) {
  if (const auto number = number_in(optimizer, "momentum"))
    return Momentum{"momentum", *number, false};
  if (const auto number = number_in(optimizer, "beta1")) return Momentum{"beta1", *number, true};
  return {};
}

/// A step that goes on for a thousand others is a thousand times as long as the rate says.
Found long_momentum(const Evidence& e, Confidence confidence, const std::string& note) {
  const auto momentum = momentum_of(e.experiment.train.optimizer.use);
  if (!momentum || momentum->number < thresholds::long_momentum) return {};
  const std::string many = number_text(1 / (1 - momentum->number));
  return Illness{
      "momentum",
      confidence,
      {.what = momentum->name + " makes steps go on for far too long",
       .place = place_of(e, "train.optimizer." + momentum->name),
       .hint = "write " + momentum->name + ": 0.9",
       .note = "with " + shortest(momentum->number) + ", " +
               (momentum->averages ? "a step is the average of the last " + many + " slopes; "
                                   : "steps add up to " + many + " times as much as one alone; ") +
               note}};
}

/// The same where no rate would do better, since each is as slow to turn: the cost ends above where
/// it began, or steps go on for much of the run, and some of the cost is left. Averages of slopes
/// come as far all the same.
Found endless_steps(const Evidence& e) {
  const Course& c = e.course;
  const auto momentum = momentum_of(e.experiment.train.optimizer.use);
  if (!momentum || momentum->number >= 1) return {};
  const bool is_long = 1 / (1 - momentum->number) > long_part * static_cast<double>(c.planned);
  const bool is_slow =
      is_long && c.is_over && !momentum->averages && c.learned() < learned_nearly_all;
  if (c.learned() > 0 && !is_slow) return {};
  return long_momentum(e, Confidence::likely,
                       "the run has " + std::to_string(c.planned) + ", and its cost goes from " +
                           number_text(c.start) + " to " + number_text(c.end));
}

Found high_rate(const Evidence& e) {
  const Course& c = e.course;
  const RateTrial* const best =
      best_trial(c, [&](const RateTrial& t) { return t.rate < 0.2 * c.rate; });
  if (!best || falls_without_bound(c) || only_scales(c) || targets_are_far(e)) return {};
  const double other = c.learned_at(best->cost), own = c.failure ? -1 : c.learned_at_own_rate();
  // steps as long as the weights themselves may learn something: much of it is left all the same
  const BlockMove* const most = most_moved(c);
  const bool leaves_much =
      most && most->of_step >= wild_step && 1 - other <= clearly_less * (1 - own);
  if (other < learned_something || (own > clearly_less * other && !leaves_much)) return {};
  Illness high{"learning_rate",
               c.failure ? Confidence::certain : Confidence::likely,
               {.what = "the learning rate is far too high",
                .place = rate_place(e),
                .hint = "learning_rate " + shortest(c.rate) + " -> try " + number_text(best->rate) +
                        (targets_are_large(e) ? ", or write target_scale: standard in data" : ""),
                .note = trial_note(e, *best)}};
  if (Found momentum = long_momentum(e, high.confidence, high.problem.note)) return momentum;
  return high;
}

/// Returns whether a rate leaves a small part of what the whole run leaves of the cost, of examples
/// that it was not trained on, too.
bool leaves_far_less(const Course& c, const RateTrial& other) {
  const double own = c.learned();
  return (c.is_over || c.is_recorded) && 1 - own >= much_left &&
         1 - c.learned_at(other.cost) <= far_less_left * (1 - own) &&
         other.held_out <= clearly_less * c.held_out_cost;
}

/// A low rate is made up for by many steps: steps are too short if the whole run goes less far than
/// a few steps at another rate. Returns the trial of that one.
const RateTrial* far_better_at_higher_rate(const Evidence& e) {
  const Course& c = e.course;
  const double reach = c.rate * static_cast<double>(c.run_steps());
  const RateTrial* const best = best_trial(c, [&](const RateTrial& t) {
    return t.rate > 5 * c.rate && t.rate * static_cast<double>(c.trial_steps) > reach;
  });
  if (!best || c.failure || falls_without_bound(c)) return nullptr;
  const double other = c.learned_at(best->cost);
  const bool is_far =
      other >= learned_something &&
      (c.learned_at_own_rate() <= clearly_less * other || leaves_far_less(c, *best));
  return is_far ? best : nullptr;
}

Found long_warmup(const Evidence& e) {
  const ScheduleSpec& schedule = e.experiment.train.schedule;
  if (schedule.warmup == 0 || schedule.warmup < e.course.planned) return {};
  return Illness{"warmup",
                 Confidence::likely,
                 {.what = "the learning rate is still being warmed up when training ends",
                  .place = place_of(e, "train.schedule.warmup"),
                  .hint = "write schedule: {warmup: " + std::to_string(e.course.planned / 20) +
                          "}, or leave it out",
                  .note = "a warmup of " + std::to_string(schedule.warmup) + " steps in a run of " +
                          std::to_string(e.course.planned)}};
}

/// Every layer that learns has a factor that leaves little of the learning rate.
Found small_factors(const Evidence& e) {
  const LayerSpec* largest = nullptr;
  for (const LayerSpec& layer : e.experiment.model.layers) {
    const bool learns = std::ranges::any_of(e.course.moves, [&](const BlockMove& move) {
      return move.learns && e.graph.nodes[move.node].name == layer.name;
    });
    if (learns && (!largest || layer.learning_rate_factor > largest->learning_rate_factor))
      largest = &layer;
  }
  if (!largest || largest->learning_rate_factor > small_factor) return {};
  const double factor = largest->learning_rate_factor;
  return Illness{
      "learning_rate_factor",
      Confidence::likely,
      {.what = "learning_rate_factor leaves nothing of the learning rate in any layer",
       .place = e.experiment.written->place_in_layer(largest->name, "learning_rate_factor"),
       .hint = "leave learning_rate_factor out, at least in " + largest->name,
       .note = "the largest is " + number_text(factor) + " in " + largest->name +
               ", which learns with a rate of " + number_text(factor * e.course.rate)}};
}

Found cut_gradients(const Evidence& e) {
  const TrainSpec& train = e.experiment.train;
  const bool by_norm = train.clip_norm > 0;
  const double clip = by_norm ? train.clip_norm : train.clip_value,
               bound = by_norm ? clip : clip * std::sqrt(static_cast<double>(e.graph.n_parameters));
  if (!(clip > 0) || e.course.gradient < cut_gradient * bound ||
      e.course.first_steps > steps_of_momentum * e.course.rate * bound)
    return {};
  const std::string key = by_norm ? "clip_norm" : "clip_value";
  return Illness{"clipping",
                 Confidence::likely,
                 {.what = key + " cuts every step to almost nothing",
                  .place = place_of(e, "train." + key),
                  .hint = "write " + key + ": 1, or leave it out",
                  .note = "the gradient has a size of " + number_text(e.course.gradient) +
                          " at the start, and " + number_text(bound) + " is left of it"}};
}

/// A schedule that has taken the rate away before anything was learned.
Found early_fall(const Evidence& e) {
  const ScheduleSpec& schedule = e.experiment.train.schedule;
  const std::uint64_t steps = e.course.planned - std::min(schedule.warmup, e.course.planned);
  if (!schedule.use || !schedule.monitor.value.empty() || steps == 0) return {};
  const Object object(schedule.use);
  const auto step = static_cast<std::uint64_t>(early_part * static_cast<double>(steps)) + 1;
  const nnrun_moment moment{sizeof moment, 0, step, steps, e.trainer.steps_per_epoch(), nullptr, 0};
  double factor = 1;
  object.call("factor", object.functions<nnrun_schedule>().factor, &moment, &factor);
  // one that begins low, as one_cycle does, has not fallen
  nnrun_moment first = moment;
  double at_first = 1;
  first.step = 0;
  object.call("factor", object.functions<nnrun_schedule>().factor, &first, &at_first);
  if (!(factor < fallen_rate * at_first)) return {};
  return Illness{"schedule",
                 Confidence::likely,
                 {.what = std::string(schedule.use.plugin->name) +
                          " has taken the learning rate away after a fifth of the training",
                  .place = place_of(e, "train.schedule"),
                  .hint = "make it fall later or less: schedule: cosine, say, which ends at 0",
                  .note = "after " + std::to_string(step) + " of " + std::to_string(steps) +
                          " steps it leaves " + number_text(factor) + " of it, at the start " +
                          number_text(at_first)}};
}

/// Where it is larger than slopes, adam and its like no longer divide by their size.
Found dividing_epsilon(const Evidence& e) {
  const Use& optimizer = e.experiment.train.optimizer.use;
  const std::optional<double> epsilon = number_in(optimizer, "epsilon");
  if (!epsilon || *epsilon < large_epsilon) return {};
  return Illness{"epsilon",
                 Confidence::likely,
                 {.what = "epsilon of " + std::string(optimizer.plugin->name) +
                          " is far larger than slopes are, and makes every step short",
                  .place = place_of(e, "train.optimizer.epsilon"),
                  .hint = "leave epsilon out",
                  .note = "it is " + number_text(*epsilon)}};
}

/// What makes steps short that would be long enough by the learning rate.
Found shortened_steps(const Evidence& e) {
  if (!e.has_learned_much() && !e.course.failure)
    if (Found found = early_fall(e)) return found;
  const bool learns = e.course.learned() >= learned_something && !far_better_at_higher_rate(e);
  if (learns || e.course.failure || falls_without_bound(e.course)) return {};
  for (const auto rule : {long_warmup, small_factors, cut_gradients, dividing_epsilon})
    if (Found found = rule(e)) return found;
  return {};
}

/// The size of targets is far to go for a network that begins near 0.
Found large_targets(const Evidence& e, const RateTrial& best) {
  const auto [low, high] = e.trainer.target_range();
  return Illness{
      "target_scale",
      Confidence::likely,
      {.what = "targets lie from " + number_text(low) + " to " + number_text(high) +
               ", and a network begins with outputs near 0, about 1 apart: at this learning rate, "
               "the whole run does not get there",
       .place = place_of(e, "data.target_scale"),
       .hint = "write target_scale: standard in data: it is undone in answers and metrics; or "
               "learning_rate " +
               shortest(e.course.rate) + " -> try " + number_text(best.rate),
       .note = trial_note(e, best)}};
}

Found stops_too_early(const Evidence& e);

/// Returns ", or higher" where no higher rate was tried.
std::string or_higher(const Course& c, const RateTrial& best) {
  return best.rate == c.trials.back().rate ? ", or higher" : "";
}

/// A step of all examples is as slow as hundreds of small ones, and says little more.
Found whole_batches(const Evidence& e) {
  constexpr std::size_t usual = 32;
  const Course& c = e.course;
  const std::size_t examples = e.trainer.data().examples[NNRUN_TRAIN];
  if (!c.is_over || c.failure || e.trainer.steps_per_epoch() != 1 || examples < fewest_to_cut ||
      c.planned > few_steps || c.learned() >= learned_nearly_all)
    return {};
  return Illness{
      "batch_size",
      Confidence::likely,
      {.what = "a batch holds all " + std::to_string(examples) +
               " training examples: an epoch is one step, and the run has " +
               std::to_string(c.planned),
       .place = place_of(e, "train.batch_size"),
       .hint = "write batch_size: " + std::to_string(usual) + ", for " +
               std::to_string((examples + usual - 1) / usual) + " steps in an epoch",
       .note = "the cost goes from " + number_text(c.start) + " to " + number_text(c.end)}};
}

Found low_rate(const Evidence& e) {
  const Course& c = e.course;
  const RateTrial* const best = far_better_at_higher_rate(e);
  if (!best || shortened_steps(e) || targets_are_far(e) || stops_too_early(e) ||
      signs_of_batches(e))
    return {};
  if (targets_are_large(e)) return large_targets(e, *best);
  return Illness{"learning_rate",
                 Confidence::likely,
                 {.what = "the learning rate is far too low: the whole run, " +
                          std::to_string(c.run_steps()) + " steps, does not go as far as " +
                          std::to_string(c.trial_steps) + " steps of a higher one",
                  .place = rate_place(e),
                  .hint = "learning_rate " + shortest(c.rate) + " -> try " +
                          number_text(best->rate) + or_higher(c, *best),
                  .note = trial_note(e, *best)}};
}

/// Early stopping ended the run, and a trial that it did not end went on to much less. Where
/// nothing was learned yet, a little less is enough: the rest was still to come.
Found stops_too_early(const Evidence& e) {
  const Course& c = e.course;
  const auto own = std::ranges::find(c.trials, c.rate, &RateTrial::rate);
  if (own == c.trials.end()) return {};
  // less is enough where most of what is left goes
  const bool is_most = own->held_out < clearly_less * c.held_out_cost;
  const bool has_begun = c.learned() >= learned_something || high_rate(e);
  const double enough = (!has_begun ? standing_still
                         : is_most  ? rise_that_matters
                                    : learned_something) *
                        std::abs(c.reference());
  if (c.stopped_at == 0 || c.failure || c.trial_steps < 2 * c.stopped_at ||
      !(c.held_out_cost - own->held_out > enough))
    return {};
  const EarlyStopping& how = *e.experiment.train.early_stopping;
  return Illness{
      "stops_early",
      Confidence::likely,
      {.what = "early_stopping ends training too early, while the cost still falls",
       .place = place_of(e, "train.early_stopping.patience"),
       .hint = how.min_delta > 0
                   ? "make min_delta smaller than " + shortest(how.min_delta) +
                         ", and patience longer: 20, say"
                   : "make patience longer: " + std::to_string(how.patience + 20) + ", say",
       .note = "it ends after " + std::to_string(c.stopped_at) + " of " +
               std::to_string(c.planned) + " steps with a cost of " + number_text(c.held_out_cost) +
               "; without it, the cost is " + number_text(own->held_out) +
               in_steps(c.trial_steps)}};
}

Found not_finite(const Evidence& e) {
  if (!e.course.failure) return {};
  Illness found{"not_finite", Confidence::certain, *e.course.failure};
  if (high_rate(e)) {  // which has tried what rate does
    const TrainSpec& train = e.experiment.train;
    found.problem.hint = train.clip_norm > 0 || train.clip_value > 0
                             ? ""
                             : "a bound of the gradient may do instead: train: {clip_norm: 1}";
  }
  if (!found.problem.place.source) found.problem.place = rate_place(e);
  return found;
}

/// The first that is found says why steps are wrong.
Found wrong_steps(const Evidence& e) {
  for (const IllnessRule rule : {high_rate, endless_steps, whole_batches, low_rate})
    if (Found found = rule(e)) return found;
  return {};
}

constexpr IllnessRule rate_rules[] = {unbounded_cost, shortened_steps, wrong_steps, stops_too_early,
                                      not_finite};

}  // namespace

std::vector<Illness> illnesses_of_rate(const Evidence& evidence) {
  return found_by(rate_rules, evidence);
}

}  // namespace nnrun::host
