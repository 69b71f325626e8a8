// What only the absence of other causes speaks for.
#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "diagnosis/rules.hpp"
#include "diagnosis/thresholds.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;

/// Returns whether what little was learned is more than its parameters take off by chance, and
/// holds for others: a weak signal, of which a network of a few parameters knows all there is.
bool knows_a_little(const Evidence& e) {
  const Course& c = e.course;
  const auto parameters = static_cast<double>(numbers_that_learn(e.graph)),
             examples = static_cast<double>(e.trainer.data().examples[NNRUN_TRAIN]);
  const double by_chance = parameters / examples;
  const bool holds = c.held_out_examples >= fewest_to_compare && c.held_out_cost < c.held_out_means;
  return c.means && (c.learned() > far_more_than_chance * by_chance ||
                     (holds && c.learned() > more_than_chance * by_chance));
}

/// Where nothing was learned, or nothing that holds for others, and the nearest examples say
/// nothing of each other either.
Found unrelated(const Evidence& e) {
  const NeighbourSkill& n = e.sample.neighbours;
  if (n.examples == 0 || (e.course.learned() > learned_something && !e.others_are_guessed()) ||
      knows_a_little(e))
    return {};
  // of sequences, what decides may be nothing that neighbours share: only one that was learned by
  // heart, or a whole run, says something
  if (!e.sample.is_table &&
      (e.sample.classes.count == 0 ||
       (!e.course.is_over && e.course.skill.beyond_constant() < learned_something)))
    return {};
  if (e.sample.classes.count > 0) {
    const double error = std::sqrt(n.chance * (1 - n.chance) / static_cast<double>(n.examples));
    if (std::abs(n.agreement - n.chance) > errors_of_chance * error) return {};
    // where one class is rare, nearly all agree by chance, and so few could tell otherwise
    if (errors_of_chance * error > neighbours_know_more * (1 - n.chance)) return {};
  } else if (std::abs(n.skill.value + 0.2) > 0.2) {  // of five that tell nothing: 1 - 6 / 5
    return {};
  }
  return Illness{"shuffled_labels",
                 Confidence::possible,
                 {.what = "labels look shuffled: inputs that are alike have targets that are not",
                  .place = place_of(e, "data"),
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

/// Labels that are wrong by chance are as often wrong where the network is sure; what is hard to
/// tell is not.
Found noisy_labels(const Evidence& e) {
  const SurestErrors& surest = e.course.surest;
  // a few steps tell no example from another yet
  const bool has_begun =
      e.course.is_over || e.course.is_recorded || e.course.learned() >= learned_something;
  // of a weak signal, every example is hard to tell
  if (surest.surest < fewest_sure || !has_begun || !e.course.held_out.is_known ||
      e.course.held_out.beyond_constant() < weak_signal)
    return {};
  if (surest.wrong_of_surest() < wrong_rows ||
      surest.wrong_of_surest() < evenly_wrong * surest.wrong_of_all())
    return {};
  return Illness{
      "noisy_labels",
      Confidence::possible,
      {.what = "many labels look wrong: where the network is surest, others than the training "
               "examples have another class nearly as often as elsewhere",
       .place = place_of(e, "data"),
       .hint =
           "look at such examples: nnrun predict RUN; if their labels are right, what decides is "
           "not in the inputs",
       .note = percent_text(surest.wrong_of_surest()) + " of the " + std::to_string(surest.surest) +
               " surest answers are wrong, of all " + std::to_string(surest.all) + " " +
               percent_text(surest.wrong_of_all())}};
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

/// Returns the key that says when training ends.
std::string key_of_end(const Evidence& e) {
  const TrainSpec& train = e.experiment.train;
  const std::uint64_t of_epochs = e.trainer.steps_per_epoch() * train.epochs;
  if (e.course.run_steps() < e.course.planned)
    return train.early_stopping && e.course.stopped_at > 0 ? "early_stopping"
           : train.max_seconds > 0                         ? "max_seconds"
                                                           : "epochs";
  if (train.max_examples > 0 && (train.steps == 0 || e.course.planned < train.steps) &&
      e.course.planned < of_epochs)
    return "max_examples";
  return train.steps > 0 && (!train.epochs_given || train.steps < of_epochs) ? "steps" : "epochs";
}
std::string epochs_text(const Evidence& e) {
  const std::size_t n = e.experiment.train.epochs;
  return std::to_string(n) + (n == 1 ? " epoch" : " epochs");
}

/// So few that no rate can be judged.
Found too_few_steps(const Evidence& e) {
  const std::uint64_t steps = e.course.run_steps();
  if (!e.course.is_over || steps >= fewest_trial_steps || e.course.learned() > learned_little)
    return {};
  const std::size_t batch = e.experiment.train.batch_size,
                    examples = e.trainer.data().examples[NNRUN_TRAIN];
  const std::string key = key_of_end(e);
  constexpr std::size_t usual_batch = 32;
  const bool of_epochs = key == "epochs",
             large_batch = of_epochs && batch > usual_batch && batch * 4 > examples;
  return Illness{
      "too_short",
      Confidence::likely,
      {.what = "the whole training makes " + std::to_string(steps) +
               (steps == 1 ? " step" : " steps") + (of_epochs ? "" : ": " + key + " ends it"),
       .place = place_of(e, large_batch ? "train.batch_size" : "train." + key),
       .hint = large_batch ? "write train: {batch_size: " + std::to_string(usual_batch) +
                                 "}, say, or more epochs"
               : of_epochs ? "write more epochs"
                           : "leave " + key +
                                 " out, and the epochs say how long it trains, or make "
                                 "it larger",
       .note = "batches of " + std::to_string(std::min(batch, examples)) + " of " +
               std::to_string(examples) + " examples" +
               (of_epochs || e.experiment.train.epochs_given ? ", " + epochs_text(e) : "")}};
}

Found too_few_epochs(const Evidence& e) {
  const double fall = fall_of_last_third(e.course);
  if (!e.course.is_over || e.course.learned() > learned_little || fall < still_falling ||
      !ends_lowest(e.course))
    return {};
  const TrainSpec& train = e.experiment.train;
  const std::string key = key_of_end(e);
  const std::uint64_t longer = 10 * (key == "steps"          ? train.steps
                                     : key == "max_examples" ? train.max_examples
                                                             : train.epochs);
  return Illness{"too_short",
                 Confidence::likely,
                 {.what = "training ends while the cost still falls",
                  .place = place_of(e, "train." + key),
                  .hint = key == "early_stopping" || key == "max_seconds"
                              ? "make " + key + " wait longer, or leave it out"
                              : "write train: {" + key + ": " + std::to_string(longer) + "}, say",
                  .note = "in the last third it fell by " + percent_text(fall) + ", to " +
                          number_text(e.course.end)}};
}

/// Returns how many layers that learn follow each other.
std::size_t depth_of(const Evidence& e) {
  return static_cast<std::size_t>(std::ranges::count_if(
      e.course.layers, [](const LayerLook& layer) { return layer.has_weights; }));
}

/// More units, or more layers, are no help where there are many layers already.
Found too_deep(const Evidence& e, const std::string& note) {
  return Illness{
      "too_deep",
      Confidence::possible,
      {.what = "its " + std::to_string(depth_of(e)) +
               " layers learn less than comparing with similar examples tells: deeper networks are "
               "harder to train",
       .place = place_of(e, "model.layers"),
       .hint =
           "try one or two hidden layers first, with activation: tanh or relu; of many, relu with "
           "init: he_normal, batch_norm between them or add around them",
       .note = slopes_text(e.course.layers_at_start) + "; " + note}};
}

Found too_small(const Evidence& e) {
  const Skill &own = e.course.skill, &near = e.sample.neighbours.skill;
  if (!own.is_known || !near.is_known || e.course.trials.empty() || near.beyond_constant() <= 0 ||
      near.beyond_constant() < own.beyond_constant() + neighbours_know_more)
    return {};
  const double fall = fall_of_last_third(e.course);
  if (fall > (e.course.is_over ? still_falling : standing_still) ||
      (!e.course.is_over &&
       (e.course.steps < 2 * e.course.trial_steps || !e.course.has_seen_enough())))
    return {};
  const std::string note = "right beyond a constant answer: the network " +
                           percent_text(std::max(0., own.beyond_constant())) +
                           ", the five nearest examples " + percent_text(near.beyond_constant()) +
                           "; the cost goes from " + number_text(e.course.start) + " to " +
                           number_text(e.course.end) + in_steps(e.course.steps) +
                           ", in the last third of them " +
                           (fall < standing_still ? "no further" : "by " + percent_text(fall));
  if (depth_of(e) >= many_layers) return too_deep(e, note);
  return Illness{"too_small",
                 Confidence::likely,
                 {.what = "the network is too small, or of the wrong kind: its cost stands still, "
                          "and comparing with similar examples tells more",
                  .place = place_of(e, "model.layers"),
                  .hint = "write more units, or a hidden layer more with activation: tanh or relu",
                  .note = note}};
}

/// A regularizer that leaves less of the weights than there was, in a network that learned little
/// or looks too small.
Found weak_weights(const Evidence& e) {
  const ShrunkLayer shrunk = most_shrunk_layer(e);
  if (!shrunk.layer || shrunk.weights->growth >= weakened_weights || !e.more_can_be_learnt() ||
      (e.course.learned() > learned_little && !too_small(e)))
    return {};
  return Illness{"regularizer",
                 Confidence::possible,
                 {.what = "little is learned, and " + shrunk.layer->regularizer.plugin->name +
                          " makes the weights of " + shrunk.layer->name + " smaller all the time",
                  .place = e.experiment.written->place_in_layer(shrunk.layer->name, "regularizer"),
                  .hint = "make its rate smaller, by a factor of 100, say",
                  .note = shrunk_text(e, *shrunk.weights)}};
}

/// Inputs that are nearly one: what tells them apart is lost beside what they share.
Found nearly_equal_inputs(const Evidence& e) {
  if (!e.sample.is_table || e.course.learned() > learned_something ||
      e.sample.inputs > most_to_pair || e.sample.count() < fewest_for_leak)
    return {};
  for (std::size_t i = 0; i < e.sample.inputs; ++i)
    for (std::size_t j = i + 1; j < e.sample.inputs; ++j) {
      const double r = std::abs(correlation_of_inputs(e.sample, i, j));
      if (r < same_inputs) continue;
      return Illness{"collinear",
                     Confidence::possible,
                     {.what = name_of_input(e, i) + " and " + name_of_input(e, j) +
                              " are nearly one: if their difference decides, it is too small to "
                              "be learnt",
                      .place = place_of(e, "data.features"),
                      .hint = "give the network the difference itself, as a column, or leave one "
                              "of them out",
                      .note = "their correlation is " + significant(r, 6)}};
    }
  return {};
}

/// Returns whether others than the training examples cost what a constant answer costs them.
bool is_of_no_use_to_others(const Course& course) {
  return course.held_out_examples >= fewest_to_compare && course.held_out_means > 0 &&
         course.held_out_cost >= nothing_shared * course.held_out_means;
}

/// Says so where nothing was learned and no rule knows why.
Found learned_nothing_at_all(const Evidence& e) {
  if (!e.course.is_over || !e.course.means || !e.course.skill.is_known) return {};
  if (knows_a_little(e)) return {};
  const bool at_all = e.course.learned() <= learned_nothing &&
                      e.course.skill.beyond_constant() <= learned_something;
  if (!at_all && !(e.others_are_guessed() && is_of_no_use_to_others(e.course))) return {};
  const double cost = at_all ? e.course.end : e.course.held_out_cost,
               of_means = at_all ? *e.course.means : e.course.held_out_means;
  return Illness{
      "nothing_learned",
      Confidence::possible,
      {.what = std::string("nothing was learned") +
               (at_all ? "" : " that holds for others than the training examples") +
               ", and nothing that is looked at here says why: the cost is that of an answer that "
               "looks at no input",
       .place = place_of(e, "model.layers"),
       .hint = "try a hidden layer more, or more units; layers that suit the inputs (gru or lstm "
               "for what lies many steps back); other inputs. nnrun check CONFIG --gradients "
               "finite_difference,backprop looks whether the slopes are right",
       .note = "the cost is " + number_text(cost) + in_steps(e.course.steps) +
               ", the mean of the targets as the answer costs " + number_text(of_means)}};
}

/// Says so where the cost ends above where it began, or above that of a constant answer, and no
/// rule knows why.
Found ends_above(const Evidence& e) {
  const Course& c = e.course;
  const bool is_whole = c.is_over || c.is_recorded,
             above_start = c.end > c.start && (is_whole || c.steps >= fewest_steps_to_judge);
  if (c.failure || !(above_start || (is_whole && c.end > c.reference()))) return {};
  const double right = c.skill.is_known ? c.skill.beyond_constant() : 0;
  return Illness{
      "cost_rose",
      Confidence::possible,
      {.what = above_start ? "the cost ends above where it began"
                           : "the cost ends above that of an answer that looks at no input",
       .place = rate_place(e),
       .hint = "try a learning rate of a tenth, momentum of 0.9 or less, and scaled inputs",
       .note = "it goes from " + number_text(c.start) + " to " + number_text(c.end) +
               in_steps(c.steps) +
               (c.means ? "; the mean of the targets as the answer costs " + number_text(*c.means)
                        : std::string()) +
               (right > learned_something
                    ? "; " + percent_text(right) +
                          " beyond a constant answer are right, so those that are wrong cost much"
                    : std::string())}};
}

/// Rows of a table that any network with more parameters learns by heart, and too few beside them
/// to tell.
Found few_examples(const Evidence& e) {
  const auto& examples = e.trainer.data().examples;
  const std::size_t n = examples[NNRUN_TRAIN],
                    others = std::max(examples[NNRUN_VALIDATION], examples[NNRUN_TEST]);
  if (n >= fewest_to_learn_from || others == 0 || others >= fewest_to_watch ||
      e.graph.n_parameters <= n || !e.sample.is_table)
    return {};
  return Illness{
      "few_examples",
      Confidence::possible,
      {.what = "there are " + std::to_string(n) + " examples to learn " +
               std::to_string(e.graph.n_parameters) + " parameters from, and " +
               std::to_string(others) +
               " others: that is too little to learn, and to judge by, what holds for all",
       .place = place_of(e, "data"),
       .hint = "get more rows; until then take fewer units, and judge by nnrun compare CONFIG "
               "--folds 5, which tests on each row of the training part once",
       .note = "one of the others is " + percent_text(1. / static_cast<double>(others)) +
               " of their score"}};
}

constexpr IllnessRule last_rules[] = {too_few_steps,  unrelated, noisy_labels,
                                      too_few_epochs, too_small, nearly_equal_inputs,
                                      few_examples};

}  // namespace

std::vector<Illness> illnesses_by_exclusion(const Evidence& evidence) {
  if (Found weak = weak_weights(evidence)) return {*weak};
  std::vector<Illness> found = found_by(last_rules, evidence);
  for (const IllnessRule rule : {learned_nothing_at_all, ends_above})
    if (found.empty())
      if (Found nothing = rule(evidence)) found.push_back(std::move(*nothing));
  return found;
}

}  // namespace nnrun::host
