#include <algorithm>
#include <cmath>

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

/// Returns where the config's learning rate is written: the optimizer's name may be in another
/// file, which this one extends. Where it is not written, the optimizer's place.
Place rate_place(const Evidence& e) {
  constexpr std::string_view key = "learning_rate:";
  for (const std::shared_ptr<const Source>& source : e.experiment.sources) {
    const std::string_view text = source->text;
    for (std::size_t at = text.find(key); at != text.npos; at = text.find(key, at + 1)) {
      const std::size_t begin = text.find_first_not_of(' ', at + key.size());
      if (begin == text.npos) continue;
      const std::size_t end = std::min(text.find_first_of(" ,}\n\r#", begin), text.size());
      if (parse_double(text.substr(begin, end - begin)) != e.course.rate) continue;
      const std::size_t line_begin = text.rfind('\n', begin) + 1;  // npos + 1 is 0
      const auto lines = std::ranges::count(text.substr(0, begin), '\n');
      return {source, static_cast<std::size_t>(lines) + 1, begin - line_begin + 1, end - begin};
    }
  }
  return optimizer_place(e);
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

/// Units of equal weights stay equal: each gets the same slope. After some steps they still are.
Found symmetric_units(const Evidence& e) {
  for (std::size_t k = 0; k < e.course.layers.size(); ++k) {
    const LayerLook& layer = e.course.layers[k];
    if (!layer.has_weights || is_output(e, layer) || !layer.units_alike ||
        !e.course.layers_at_start[k].units_alike)
      continue;
    const Node& node = *layer.picture.node;
    return Illness{"symmetric_start",
                   Confidence::certain,
                   {.what = "all units of " + node.name +
                            " compute the same: they began with equal weights, so each learns what "
                            "the others learn",
                    .place = node.init.place.source ? node.init.place : node.place,
                    .hint = better_start(node, "init"),
                    .note = "for every example their outputs agree, at the start and" +
                            in_steps(e.course.steps)}};
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

Found high_rate(const Evidence& e) {
  const Course& c = e.course;
  const RateTrial* const best =
      best_trial(c, [&](const RateTrial& t) { return t.rate < 0.2 * c.rate; });
  if (!best) return {};
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

/// A low rate is made up for by many steps: it is too low if the whole run goes less far than a few
/// steps at another.
Found low_rate(const Evidence& e) {
  const Course& c = e.course;
  const double reach = c.rate * static_cast<double>(c.planned);
  const RateTrial* const best = best_trial(c, [&](const RateTrial& t) {
    return t.rate > 5 * c.rate && t.rate * static_cast<double>(c.trial_steps) > reach;
  });
  if (!best || c.failure) return {};
  const double other = c.learned_at(best->cost);
  if (other < learned_something || c.learned() > clearly_less * other) return {};
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

Found too_few_epochs(const Evidence& e) {
  const double fall = fall_of_last_third(e.course);
  if (!e.course.is_over || e.course.learned() > learned_little || fall < still_falling) return {};
  return Illness{
      "too_short",
      Confidence::likely,
      {.what = "training ends while the cost still falls",
       .place = optimizer_place(e),
       .hint = "write train: {epochs: " + std::to_string(10 * e.experiment.train.epochs) + "}, say",
       .note = "in the last third it fell by " + percent_text(fall) + ", to " +
               number_text(e.course.end)}};
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

using IllnessRule = Found (*)(const Evidence&);

template <std::size_t n>
std::vector<Illness> found_by(const IllnessRule (&in_order)[n], const Evidence& evidence) {
  std::vector<Illness> all;
  for (const IllnessRule rule : in_order)
    if (Found found = rule(evidence)) all.push_back(std::move(*found));
  return all;
}

constexpr IllnessRule start_rules[] = {symmetric_units};
constexpr IllnessRule rate_rules[] = {high_rate, low_rate};
constexpr IllnessRule layer_rules[] = {not_finite,       dead_layers,      vanishing_slopes,
                                       exploding_slopes, saturated_layers, held_down,
                                       overfitting,      learned_by_heart};
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
  return found_by(last_rules, evidence);
}

}  // namespace nnrun::host
