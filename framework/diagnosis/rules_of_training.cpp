#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "diagnosis/rules.hpp"
#include "diagnosis/thresholds.hpp"
#include "training/data_parts.hpp"
#include "training/diagnosis.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;
using Found = std::optional<Illness>;

const Place& optimizer_place(const Evidence& e) {
  return e.experiment.train.optimizer.use.place;
}

/// Returns where a key of this value is written: what it belongs to may be in another file, which
/// this one extends. Where it is not written, `otherwise`.
Place place_of(const Evidence& e, const std::string& name, double value, const Place& otherwise) {
  const std::string key = name + ":";
  for (const std::shared_ptr<const Source>& source : e.experiment.sources) {
    const std::string_view text = source->text;
    for (std::size_t at = text.find(key); at != text.npos; at = text.find(key, at + 1)) {
      const std::size_t begin = text.find_first_not_of(' ', at + key.size());
      if (begin == text.npos) continue;
      const std::size_t end = std::min(text.find_first_of(" ,}\n\r#", begin), text.size());
      if (parse_double(text.substr(begin, end - begin)) != value) continue;
      const std::size_t line_begin = text.rfind('\n', begin) + 1;  // npos + 1 is 0
      const auto lines = std::ranges::count(text.substr(0, begin), '\n');
      return {source, static_cast<std::size_t>(lines) + 1, begin - line_begin + 1, end - begin};
    }
  }
  return otherwise;
}
Place rate_place(const Evidence& e) {
  return place_of(e, "learning_rate", e.course.rate, optimizer_place(e));
}

bool is_output(const Evidence& e, const LayerLook& layer) {
  return layer.picture.node == &e.graph.output();
}

std::string activation_of(const Node& node) {
  return node.activation ? node.activation.plugin().name : "none";
}

const Place& activation_place(const Node& node) {
  return node.activation && node.activation.place().source ? node.activation.place() : node.place;
}

std::string in_steps(std::uint64_t steps) {
  return " after " + std::to_string(steps) + (steps == 1 ? " step" : " steps");
}

// ---- the network and its start

/// Returns whether all weights of a layer began with one number.
bool begins_equal(const Evidence& e, std::size_t node) {
  return std::ranges::any_of(e.course.moves, [node](const BlockMove& move) {
    return move.node == node && move.is_weights && move.learns && move.begins_equal;
  });
}

/// Returns the last layer up to this one that began with equal weights: those behind it see one
/// number, or none, and their units agree, too.
std::optional<std::size_t> equal_layer(const Evidence& e, std::size_t node) {
  for (std::size_t k = node + 1; k-- > 0;)
    if (begins_equal(e, k)) return k;
  return {};
}

/// Units of equal weights stay equal: each gets the same slope. After some steps they still are.
Found symmetric_units(const Evidence& e) {
  for (std::size_t k = 0; k < e.course.layers.size(); ++k) {
    const LayerLook& layer = e.course.layers[k];
    if (!layer.has_weights || is_output(e, layer) || !layer.units_alike ||
        !e.course.layers_at_start[k].units_alike)
      continue;
    const std::optional<std::size_t> equal = equal_layer(e, k);
    if (!equal) continue;
    const Node& node = e.graph.nodes[*equal];
    return Illness{
        "symmetric_start",
        Confidence::certain,
        {.what = *equal == k ? "all units of " + node.name +
                                   " compute the same: they began with equal weights, so each "
                                   "learns what the others learn"
                             : "the weights of " + node.name +
                                   " began equal, and tell nothing of its inputs: all units of " +
                                   layer.picture.node->name + " behind it compute the same",
         .place = node.init.place.source ? node.init.place : node.place,
         .hint = better_start(node, "init"),
         .note =
             "for every example their outputs agree, at the start and" + in_steps(e.course.steps)}};
  }
  return {};
}

std::string growth_text(const LayerLook& first, const LayerLook& last) {
  return "slopes are " + number_text(first.slope_size) + " in " + first.picture.node->name +
         " and " + number_text(last.slope_size) + " in " + last.picture.node->name;
}

/// Returns the first layer with weights that learn, and the last.
std::pair<const LayerLook*, const LayerLook*> ends_of(const std::vector<LayerLook>& layers) {
  const LayerLook *first = nullptr, *last = nullptr;
  for (const LayerLook& layer : layers)
    if (layer.has_weights) {
      if (!first) first = &layer;
      last = &layer;
    }
  return {first, last};
}

/// Returns how much the whole run moves the weights of a layer, at the pace of what was seen.
double moved_by_run(const Evidence& e, const Node& node) {
  double most = 0;
  for (const BlockMove& move : e.course.moves)
    if (&e.graph.nodes[move.node] == &node && move.is_weights) most = std::max(most, move.of_all);
  const auto seen = static_cast<double>(std::max<std::uint64_t>(1, e.course.steps));
  return most * std::max(1., static_cast<double>(e.course.planned) / seen);
}

Found vanishing_slopes(const Evidence& e) {
  const auto [first, last] = ends_of(e.course.layers_at_start);
  if (!first || first == last || !(last->slope_size > 0) || e.has_learned_much()) return {};
  if (first->slope_size > lost_slope * last->slope_size) return {};
  const Node& node = *first->picture.node;
  const double moved = moved_by_run(e, node);
  if (moved > still_layer) return {};
  return Illness{"vanishing_slopes",
                 Confidence::likely,
                 {.what = "slopes vanish on their way back: " + node.name + " hardly learns",
                  .place = activation_place(node),
                  .hint = "write activation: relu in the hidden layers, which passes slopes on, or "
                          "take fewer layers, or batch_norm between them",
                  .note = growth_text(*first, *last) +
                          "; at this pace the whole run moves the "
                          "weights of " +
                          node.name + " by " + percent_text(moved) + " of their size"}};
}

Found exploding_slopes(const Evidence& e) {
  const auto [first, last] = ends_of(e.course.layers_at_start);
  if (!first || first == last || !(last->slope_size > 0) ||
      !(first->slope_size > grown_slope * last->slope_size) || e.has_learned_much())
    return {};
  const Node& node = *first->picture.node;
  return Illness{"exploding_slopes",
                 Confidence::likely,
                 {.what = "slopes grow from layer to layer on their way back",
                  .place = node.init.place.source ? node.init.place : node.place,
                  .hint = better_start(node, "init") +
                          " and the layers behind it, or bound the gradient: train: {clip_norm: 1}",
                  .note = growth_text(*first, *last)}};
}

Found saturated_layers(const Evidence& e) {
  if (e.has_learned_much()) return {};
  for (std::size_t k = 0; k < e.course.layers.size(); ++k) {
    const LayerLook &now = e.course.layers[k], &before = e.course.layers_at_start[k];
    if (is_output(e, now) || now.picture.saturated < saturated_outputs) continue;
    const Node& node = *now.picture.node;
    const bool from_start = before.picture.saturated >= saturated_outputs;
    return Illness{
        "saturated_units",
        Confidence::likely,
        {.what = percent_text(now.picture.saturated) + " of the outputs of " + node.name +
                 " are at a limit of " + activation_of(node) + ", where its slope is all but 0",
         .place = node.place,
         .hint = from_start ? better_start(node, "init") + ", and scale the inputs"
                            : smaller_rate(e.course.rate),
         .note = from_start ? "it began so: " + percent_text(before.picture.saturated)
                            : "at the start it was " + percent_text(before.picture.saturated)}};
  }
  return {};
}

Found dead_layers(const Evidence& e) {
  for (std::size_t k = 0; k < e.course.layers.size(); ++k) {
    const LayerLook &now = e.course.layers[k], &before = e.course.layers_at_start[k];
    if (is_output(e, now) || now.picture.dead < dead_units) continue;
    if (e.has_learned_much() && now.picture.dead < 1) continue;
    const Node& node = *now.picture.node;
    const bool from_start = before.picture.dead >= dead_units;
    return Illness{
        "dead_units",
        now.picture.dead >= 1 ? Confidence::certain : Confidence::likely,
        {.what = percent_text(now.picture.dead) + " of the units of " + node.name + " are dead: " +
                 activation_of(node) + " gives 0 for every example, and so is its slope",
         .place = activation_place(node),
         .hint = from_start ? better_start(node, "init") + " and bias_init: zeros"
                            : smaller_rate(e.course.rate) + ", or another activation: leaky_relu",
         .note = "at the start it was " + percent_text(before.picture.dead)}};
  }
  return {};
}

// ---- the course of the training

Found not_finite(const Evidence& e) {
  if (!e.course.failure) return {};
  Illness found{"not_finite", Confidence::certain, *e.course.failure};
  if (!found.problem.place.source) found.problem.place = optimizer_place(e);
  return found;
}

/// Returns the trial of the lowest cost for which f(trial) is true, among those that also found
/// what other examples share.
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
                  .place = e.experiment.train.cost.place,
                  .hint = "write a cost that is lowest where outputs are the targets, such as "
                          "mean_squared_error",
                  .note = "a rate of " + number_text(lowest->rate) + " brings the cost from " +
                          number_text(c.start) + " to " + number_text(lowest->cost) +
                          in_steps(c.trial_steps)}};
}

Found high_rate(const Evidence& e) {
  const Course& c = e.course;
  const RateTrial* const best =
      best_trial(c, [&](const RateTrial& t) { return t.rate < 0.2 * c.rate; });
  if (!best || falls_without_bound(c)) return {};
  const double other = c.learned_at(best->cost), own = c.failure ? -1 : c.learned();
  if (other < learned_something || own > clearly_less * other) return {};
  return Illness{
      "learning_rate",
      c.failure ? Confidence::certain : Confidence::likely,
      {.what = "the learning rate is far too high",
       .place = rate_place(e),
       .hint = "learning_rate " + shortest(c.rate) + " -> try " + number_text(best->rate),
       .note = trial_note(e, *best)}};
}

/// A low rate is made up for by many steps: steps are too short if the whole run goes less far than
/// a few steps at another rate. Returns the trial of that one.
const RateTrial* far_better_at_higher_rate(const Evidence& e) {
  const Course& c = e.course;
  const double reach = c.rate * static_cast<double>(c.planned);
  const RateTrial* const best = best_trial(c, [&](const RateTrial& t) {
    return t.rate > 5 * c.rate && t.rate * static_cast<double>(c.trial_steps) > reach;
  });
  if (!best || c.failure || falls_without_bound(c)) return nullptr;
  const double other = c.learned_at(best->cost);
  const bool is_far = other >= learned_something && c.learned() <= clearly_less * other;
  return is_far ? best : nullptr;
}

Found long_warmup(const Evidence& e) {
  const ScheduleSpec& schedule = e.experiment.train.schedule;
  if (schedule.warmup == 0 || schedule.warmup < e.course.planned) return {};
  return Illness{"warmup",
                 Confidence::likely,
                 {.what = "the learning rate is still being warmed up when training ends",
                  .place = place_of(e, "warmup", static_cast<double>(schedule.warmup),
                                    schedule.use ? schedule.use.place : optimizer_place(e)),
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
  return Illness{"learning_rate_factor",
                 Confidence::likely,
                 {.what = "learning_rate_factor leaves nothing of the learning rate in any layer",
                  .place = place_of(e, "learning_rate_factor", factor, largest->place),
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
                  .place = place_of(e, key, clip, optimizer_place(e)),
                  .hint = "write " + key + ": 1, or leave it out",
                  .note = "the gradient has a size of " + number_text(e.course.gradient) +
                          " at the start, and " + number_text(bound) + " is left of it"}};
}

/// What makes steps short that would be long enough by the learning rate.
Found shortened_steps(const Evidence& e) {
  const bool learns = e.course.learned() >= learned_something && !far_better_at_higher_rate(e);
  if (learns || e.course.failure || falls_without_bound(e.course)) return {};
  for (const auto rule : {long_warmup, small_factors, cut_gradients})
    if (Found found = rule(e)) return found;
  return {};
}

Found low_rate(const Evidence& e) {
  const Course& c = e.course;
  const RateTrial* const best = far_better_at_higher_rate(e);
  if (!best || shortened_steps(e)) return {};
  return Illness{
      "learning_rate",
      Confidence::likely,
      {.what = "the learning rate is far too low: the whole run, " + std::to_string(c.planned) +
               " steps, does not go as far as " + std::to_string(c.trial_steps) +
               " steps of a higher one",
       .place = rate_place(e),
       .hint = "learning_rate " + shortest(c.rate) + " -> try " + number_text(best->rate),
       .note = trial_note(e, *best)}};
}

/// Early stopping ended the run, and a trial that it did not end went on to much less.
Found stops_too_early(const Evidence& e) {
  const Course& c = e.course;
  const auto own = std::ranges::find(c.trials, c.rate, &RateTrial::rate);
  if (c.stopped_at == 0 || c.failure || own == c.trials.end() || c.trial_steps < 2 * c.stopped_at ||
      !(c.held_out_cost - own->held_out > learned_something * std::abs(c.reference())))
    return {};
  const EarlyStopping& how = *e.experiment.train.early_stopping;
  const Place& monitor = how.monitor.place.source ? how.monitor.place : optimizer_place(e);
  return Illness{
      "stops_early",
      Confidence::likely,
      {.what = "early_stopping ends training too early, while the cost still falls",
       .place = place_of(e, "patience", static_cast<double>(how.patience), monitor),
       .hint = how.min_delta > 0
                   ? "make min_delta smaller than " + shortest(how.min_delta) +
                         ", and patience longer: 20, say"
                   : "make patience longer: " + std::to_string(how.patience + 20) + ", say",
       .note = "it ends after " + std::to_string(c.stopped_at) + " of " +
               std::to_string(c.planned) + " steps with a cost of " + number_text(c.held_out_cost) +
               "; without it, the cost is " + number_text(own->held_out) +
               in_steps(c.trial_steps)}};
}

/// Differences of a step that is too small tell the rounding of the cost.
Found small_step(const Evidence& e) {
  const Use& gradient = e.experiment.train.gradient;
  if (!gradient || !std::string_view(gradient.plugin->name).ends_with("_difference") ||
      e.has_learned_much())
    return {};
  const double rounding = e.experiment.dtype == Dtype::float32
                              ? std::numeric_limits<float>::epsilon()
                              : std::numeric_limits<double>::epsilon();
  for (std::size_t i = 0; i < gradient.settings.size(); ++i) {
    const double* const step = std::get_if<double>(&gradient.settings[i]);
    if (!step || std::string_view(setting_of(*gradient.plugin, i).name) != "step" ||
        *step >= roundings_of_step * rounding)
      continue;
    const std::string type = e.experiment.dtype == Dtype::float32 ? "float32" : "float64";
    return Illness{"gradient_step",
                   Confidence::likely,
                   {.what = "the step of " + std::string(gradient.plugin->name) +
                            " is too small for " + type + ": the slopes are rounding errors",
                    .place = place_of(e, "step", *step, gradient.place),
                    .hint = "leave step out, or write gradient: backprop",
                    .note = "the step is " + number_text(*step) + ", and numbers near 1 are " +
                            number_text(rounding) + " apart"}};
  }
  return {};
}

Found held_down(const Evidence& e) {
  if (e.has_learned_much()) return {};
  for (const LayerSpec& layer : e.experiment.model.layers) {
    if (!layer.regularizer) continue;
    for (const BlockMove& move : e.course.moves)
      if (e.graph.nodes[move.node].name == layer.name && move.is_weights &&
          move.growth < shrunk_weights)
        return Illness{"regularizer",
                       Confidence::likely,
                       {.what = layer.regularizer.plugin->name + " holds the weights of " +
                                layer.name + " down to nothing",
                        .place = layer.regularizer.place,
                        .hint = "make its rate smaller, by a factor of 100, say",
                        .note = move.name + " has shrunk to " + percent_text(move.growth) +
                                " of its size" + in_steps(e.course.steps)}};
  }
  return {};
}

/// Returns the part that others than the training examples are in, in an epoch's report.
std::size_t held_out_part(const EpochReport& epoch) {
  return part_to_choose_by([&](std::size_t part) { return epoch.score(part) != nullptr; });
}

Found overfitting(const Evidence& e) {
  const std::vector<EpochReport>& epochs = e.course.epochs;
  if (epochs.size() < 2 * epochs_of_rise) return {};
  const std::size_t part = held_out_part(epochs.back());
  if (part == NNRUN_TRAIN) return {};
  const auto cost = [part](const EpochReport& epoch) { return epoch.score(part)->cost; };
  const auto best = std::ranges::min_element(epochs, {}, cost);
  const EpochReport& last = epochs.back();
  const bool restores =
      e.experiment.train.early_stopping && e.experiment.train.early_stopping->restore_best;
  if (restores || last.epoch < best->epoch + epochs_of_rise ||
      !(cost(last) > risen_cost * cost(*best)) ||
      cost(last) - cost(*best) < rise_that_matters * std::abs(e.course.reference()) ||
      !(last.train.cost < best->train.cost))
    return {};
  return Illness{
      "overfitting",
      Confidence::likely,
      {.what = std::string("it learns the training examples by heart: the ") + part_words[part] +
               " cost rises while the training cost falls",
       .place = e.experiment.train.cost.place,
       .hint = "write train: {early_stopping: {monitor: val.cost, restore_best: true}}, "
               "a regularizer, dropout, fewer units, or more data",
       .note = std::string(part_words[part]) + " cost " + number_text(cost(*best)) + " in epoch " +
               std::to_string(best->epoch) + ", " + number_text(cost(last)) + " in epoch " +
               std::to_string(last.epoch) + "; training cost " + number_text(best->train.cost) +
               ", then " + number_text(last.train.cost)}};
}

/// Equal rows aside, a network that knows its examples by heart and nothing of the others found no
/// rule: there is none, or too few examples show it.
Found learned_by_heart(const Evidence& e) {
  const Skill &own = e.course.skill, &other = e.course.held_out;
  if (!own.is_known || !other.is_known || own.beyond_constant() < knows_by_heart ||
      other.beyond_constant() > no_better_than_constant)
    return {};
  const bool by_chance = e.sample.neighbours.skill.is_known &&
                         e.sample.neighbours.skill.beyond_constant() < no_better_than_constant;
  return Illness{
      "shuffled_labels",
      by_chance ? Confidence::likely : Confidence::possible,
      {.what = "labels look shuffled: the network answers the training examples, but others no "
               "better than a constant would",
       .place = e.experiment.data.use.place,
       .hint =
           "look whether inputs and targets of a row belong together, such as columns that were "
           "sorted apart",
       .note = "right beyond a constant answer: training " + percent_text(own.beyond_constant()) +
               ", others " + percent_text(std::max(0., other.beyond_constant())) +
               (by_chance ? "; examples that are alike agree no more than by chance" : "")}};
}

// ---- by exclusion

/// Where nothing was learned, and the nearest examples say nothing of each other either.
Found unrelated(const Evidence& e) {
  const NeighbourSkill& n = e.sample.neighbours;
  if (!e.sample.is_table || n.examples == 0 || e.course.learned() > learned_something) return {};
  if (e.sample.classes.count > 0) {
    const double error = std::sqrt(n.chance * (1 - n.chance) / static_cast<double>(n.examples));
    if (std::abs(n.agreement - n.chance) > errors_of_chance * error) return {};
  } else if (std::abs(n.skill.value + 0.2) > 0.2) {  // of five that tell nothing: 1 - 6 / 5
    return {};
  }
  return Illness{"shuffled_labels",
                 Confidence::possible,
                 {.what = "labels look shuffled: inputs that are alike have targets that are not",
                  .place = e.experiment.data.use.place,
                  .hint = "look whether inputs and targets of a row belong together; if they do, "
                          "what decides is not in the inputs",
                  .note = e.sample.classes.count > 0
                              ? percent_text(n.agreement) +
                                    " of the examples have the class of the nearest one, by chance "
                                    "it would be " +
                                    percent_text(n.chance)
                              : "the five nearest examples explain " +
                                    percent_text(std::max(0., n.skill.value)) + " of the targets"}};
}

/// Returns the part of the cost that the last third of the steps has taken off.
double fall_of_last_third(const Course& course) {
  if (course.costs.size() < 4) return 0;
  const auto& [last, end] = course.costs.back();
  const auto third = std::ranges::find_if(
      course.costs, [from = 2 * last / 3](const auto& cost) { return cost.first >= from; });
  return third->second != 0 ? (third->second - end) / std::abs(third->second) : 0;
}

/// Returns whether the cost was nowhere lower than at the end.
bool ends_lowest(const Course& course) {
  const double end = course.costs.back().second;
  return std::ranges::none_of(course.costs, [&](const auto& cost) {
    return cost.second < end - standing_still * std::abs(end);
  });
}

Found too_few_epochs(const Evidence& e) {
  const double fall = fall_of_last_third(e.course);
  if (!e.course.is_over || e.course.learned() > learned_little || fall < still_falling ||
      !ends_lowest(e.course))
    return {};
  return Illness{
      "too_short",
      Confidence::likely,
      {.what = "training ends while the cost still falls",
       .place = place_of(e, "epochs", static_cast<double>(e.experiment.train.epochs),
                         optimizer_place(e)),
       .hint = "write train: {epochs: " + std::to_string(10 * e.experiment.train.epochs) + "}, say",
       .note = "in the last third it fell by " + percent_text(fall) + ", to " +
               number_text(e.course.end)}};
}

Found unweighted_class(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const Placed<std::string>& column = e.experiment.data.weights;
  if (column.value.empty() || e.course.answered.size() != sizes.size()) return {};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 5 || e.course.answered[i] > 0) continue;
    const std::vector<std::string>& names = e.trainer.data().names.classes;
    const std::string name = i < names.size() ? names[i] : std::to_string(i);
    return Illness{
        "weights",
        Confidence::possible,
        {.what = "the network never answers with class '" + name + "', and the column '" +
                 column.value + "' says what each example counts",
         .place = column.place,
         .hint = "look at the column in the rows of that class: examples of weight 0 do "
                 "not count",
         .note = std::to_string(sizes[i]) + " of " + std::to_string(e.sample.count()) +
                 " examples are of that class"}};
  }
  return {};
}

Found too_small(const Evidence& e) {
  const Skill &own = e.course.skill, &near = e.sample.neighbours.skill;
  if (!own.is_known || !near.is_known || e.course.trials.empty() ||
      near.beyond_constant() < own.beyond_constant() + neighbours_know_more)
    return {};
  const double fall = fall_of_last_third(e.course);
  if (fall > standing_still || (!e.course.is_over && e.course.steps < 2 * e.course.trial_steps))
    return {};
  const Place& place = e.experiment.model.layers.front().place;
  return Illness{"too_small",
                 Confidence::likely,
                 {.what = "the network is too small, or of the wrong kind: its cost stands still, "
                          "and comparing with similar examples tells more",
                  .place = place,
                  .hint = "write more units, or a hidden layer more with activation: tanh or relu",
                  .note = "right beyond a constant answer: the network " +
                          percent_text(std::max(0., own.beyond_constant())) +
                          ", the five nearest examples " + percent_text(near.beyond_constant()) +
                          "; in the last third of " + std::to_string(e.course.steps) +
                          " steps the cost fell by " + percent_text(std::max(0., fall))}};
}

/// A regularizer that leaves less of the weights than there was, in a network that learned little
/// or looks too small.
Found weak_weights(const Evidence& e) {
  if (e.course.learned() > learned_little && !too_small(e)) return {};
  const LayerSpec* weakest = nullptr;
  const BlockMove* its = nullptr;
  for (const LayerSpec& layer : e.experiment.model.layers)
    for (const BlockMove& move : e.course.moves)
      if (layer.regularizer && e.graph.nodes[move.node].name == layer.name && move.is_weights &&
          move.growth < weakened_weights && (!its || move.growth < its->growth)) {
        weakest = &layer;
        its = &move;
      }
  if (!weakest) return {};
  const Use& regularizer = weakest->regularizer;
  return Illness{"regularizer",
                 Confidence::possible,
                 {.what = "little is learned, and " + regularizer.plugin->name +
                          " makes the weights of " + weakest->name + " smaller all the time",
                  .place = regularizer.place,
                  .hint = "make its rate smaller, by a factor of 100, say",
                  .note = its->name + " has shrunk to " + percent_text(its->growth) +
                          " of its size" + in_steps(e.course.steps)}};
}

using IllnessRule = Found (*)(const Evidence&);

template <std::size_t n>
std::vector<Illness> found_by(const IllnessRule (&in_order)[n], const Evidence& evidence) {
  std::vector<Illness> all;
  for (const IllnessRule rule : in_order)
    if (Found found = rule(evidence)) all.push_back(std::move(*found));
  return all;
}

constexpr IllnessRule start_rules[] = {symmetric_units, small_step};
constexpr IllnessRule rate_rules[] = {unbounded_cost, shortened_steps, high_rate, low_rate,
                                      stops_too_early};
constexpr IllnessRule layer_rules[] = {not_finite,       dead_layers,      vanishing_slopes,
                                       exploding_slopes, saturated_layers, held_down,
                                       overfitting,      learned_by_heart};
constexpr IllnessRule suspicions[] = {weak_weights, unweighted_class};
constexpr IllnessRule last_rules[] = {unrelated, too_few_epochs, too_small};

}  // namespace

std::vector<Illness> illnesses_of_start(const Evidence& evidence) {
  std::vector<Illness> all;
  for (Problem& warning : warnings_of(evidence.experiment, evidence.trainer))
    all.push_back({"mismatch", Confidence::certain, std::move(warning)});
  std::ranges::move(found_by(start_rules, evidence), std::back_inserter(all));
  return all;
}

std::vector<Illness> illnesses_of_rate(const Evidence& evidence) {
  return found_by(rate_rules, evidence);
}

std::vector<Illness> illnesses_of_layers(const Evidence& evidence) {
  return found_by(layer_rules, evidence);
}

std::vector<Illness> illnesses_by_exclusion(const Evidence& evidence) {
  std::vector<Illness> suspected = found_by(suspicions, evidence);
  return suspected.empty() ? found_by(last_rules, evidence) : suspected;
}

}  // namespace nnrun::host
