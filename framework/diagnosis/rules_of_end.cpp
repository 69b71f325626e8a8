// How a training ended, and what only the absence of other causes speaks for.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.hpp"
#include "diagnosis/rules.hpp"
#include "diagnosis/thresholds.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;

/// Returns the part that others than the training examples are in, in an epoch's report.
std::size_t held_out_part(const EpochReport& epoch) {
  return part_to_choose_by([&](std::size_t part) { return epoch.score(part) != nullptr; });
}

struct Spread {
  double mean, deviation;
};
/// Returns those of numbers, one of each example of a part.
template <class F>
Spread spread_of(const DataSample& sample, std::size_t part, F number) {
  double sum = 0, squares = 0;
  for (std::size_t r = 0; r < sample.parts[part].count; ++r) {
    const double x = number(sample.row(part, r));
    sum += x;
    squares += x * x;
  }
  const auto n = static_cast<double>(sample.parts[part].count);
  return {sum / n, std::sqrt(std::max(0., squares / n - sum / n * (sum / n)))};
}
/// Returns how many standard deviations the mean of such numbers is off in another part.
template <class F>
double shift_of(const DataSample& sample, std::size_t part, F number) {
  const Spread own = spread_of(sample, NNRUN_TRAIN, number);
  if (!(own.deviation > 0)) return 0;
  return std::abs(spread_of(sample, part, number).mean - own.mean) / own.deviation;
}

/// What is elsewhere in a part, and by how many standard deviations.
std::optional<std::pair<std::string, double>> shift(const Evidence& e, std::size_t part) {
  if (!e.sample.is_table) {  // of an image, each pixel alone says little
    const double by = shift_of(e.sample, part, [&](const double* row) {
      return std::accumulate(row, row + e.sample.inputs, 0.) / static_cast<double>(e.sample.inputs);
    });
    if (by > shifted_mean) return std::pair{std::string("the mean of an example's inputs"), by};
    return {};
  }
  for (std::size_t i = 0; i < e.sample.inputs; ++i)
    if (const double by = shift_of(e.sample, part, [i](const double* row) { return row[i]; });
        by > shifted_mean)
      return std::pair{name_of_input(e, i), by};
  return {};
}

/// Examples of another kind than those that it was trained on, or that are labelled otherwise.
Found shifted_part(const Evidence& e) {
  const Skill &own = e.course.skill, &other = e.course.held_out;
  if (e.sample.is_indices || e.experiment.data.windows || !own.is_known || !other.is_known ||
      other.beyond_constant() > own.beyond_constant() - worse_skill)
    return {};
  const std::size_t part =
      part_to_choose_by([&](std::size_t p) { return e.sample.parts[p].count > 0; });
  if (part == NNRUN_TRAIN || e.sample.parts[part].count < fewest_to_compare) return {};
  const auto shifted = shift(e, part);
  // what it learned is a rule of the training examples: those that are alike agree
  const bool is_other_rule = e.sample.classes.count > 0 && e.neighbours_know() &&
                             own.beyond_constant() >= knows_by_heart && e.others_are_guessed();
  if (!shifted && !is_other_rule) return {};
  const Split& split = e.experiment.data.split;
  const bool is_cut = split.validation + split.test > 0 && !split.shuffle;
  const std::string words = part_words[part],
                    skills = "right beyond a constant answer: training " +
                             percent_text(own.beyond_constant()) + ", others " +
                             percent_text(std::max(0., other.beyond_constant()));
  return Illness{
      "shifted_part",
      Confidence::likely,
      {.what = "the " + words + " examples are " +
               (shifted ? "of another kind than those that it is trained on: " + shifted->first +
                              " is elsewhere"
                        : "labelled otherwise than those that it is trained on, or of another "
                          "kind"),
       .place = place_of(e, is_cut ? "data.split.shuffle" : "data"),
       .hint = is_cut ? "write split: {shuffle: true}, unless later rows are what it is to be "
                        "good at"
                      : "draw both parts from the same examples",
       .note = shifted ? "its mean is " + number_text(shifted->second) +
                             " standard deviations off; " + skills
                       : skills + "; the five nearest training examples, of each other " +
                             percent_text(e.sample.neighbours.skill.beyond_constant())}};
}

Found overfitting(const Evidence& e) {
  if (shifted_part(e) || e.course.learned() < learned_something) return {};
  const std::vector<EpochReport>& epochs = e.course.epochs;
  if (epochs.size() < 2 * epochs_of_rise) return {};
  const std::size_t part = held_out_part(epochs.back());
  if (part == NNRUN_TRAIN || e.trainer.data().examples[part] < fewest_to_compare) return {};
  const auto cost = [part](const EpochReport& epoch) { return epoch.score(part)->cost; };
  const auto best = std::ranges::min_element(epochs, {}, cost);
  const EpochReport& last = epochs.back();
  const bool restores =
      e.experiment.train.early_stopping && e.experiment.train.early_stopping->restore_best;
  // costs of likelihoods may lie anywhere around 0: what was gained is their scale, too
  const double rise = cost(last) - cost(*best), reference = e.course.reference(),
               scale = std::max(std::abs(reference), reference - cost(*best));
  if (restores || last.epoch < best->epoch + epochs_of_rise ||
      !(rise > (risen_cost - 1) * std::abs(cost(*best))) || rise < rise_that_matters * scale ||
      !(last.train.cost < best->train.cost - standing_still * std::abs(best->train.cost)))
    return {};
  const std::string courses = std::string(part_words[part]) + " cost " + number_text(cost(*best)) +
                              " in epoch " + std::to_string(best->epoch) + ", " +
                              number_text(cost(last)) + " in epoch " + std::to_string(last.epoch) +
                              "; training cost " + number_text(best->train.cost) + ", then " +
                              number_text(last.train.cost);
  const double constant = e.course.held_out_means;
  if (constant > 0 && cost(*best) > nothing_shared * constant)
    return Illness{
        "shuffled_labels",
        Confidence::likely,
        {.what = "labels look shuffled: it learns the training examples by heart, and others cost "
                 "no less than with a constant answer",
         .place = place_of(e, "data"),
         .hint = "look whether inputs and targets of a row belong together; if they do, what "
                 "decides is not in the inputs",
         .note = courses + "; a constant answer costs " + number_text(constant)}};
  return Illness{
      "overfitting",
      Confidence::likely,
      {.what = std::string("it learns the training examples by heart: the ") + part_words[part] +
               " cost rises while the training cost falls",
       .place = place_of(e, "train.early_stopping"),
       .hint = (part == NNRUN_VALIDATION
                    ? std::string()
                    : "hold out a part to stop by, data: {split: {validation: 0.2}}, and ") +
               "write train: {early_stopping: {monitor: val.cost, restore_best: true}}, "
               "a regularizer, dropout, fewer units, or more data",
       .note = courses}};
}

/// Equal rows aside, a network that knows its examples by heart and nothing of the others found no
/// rule: there is none, or too few examples show it.
Found learned_by_heart(const Evidence& e) {
  if (shifted_part(e)) return {};
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
       .place = place_of(e, "data"),
       .hint =
           "look whether inputs and targets of a row belong together, such as columns that were "
           "sorted apart",
       .note = "right beyond a constant answer: training " + percent_text(own.beyond_constant()) +
               ", others " + percent_text(std::max(0., other.beyond_constant())) +
               (by_chance ? "; examples that are alike agree no more than by chance" : "")}};
}

/// Where nothing was learned, or nothing that holds for others, and the nearest examples say
/// nothing of each other either.
Found unrelated(const Evidence& e) {
  const NeighbourSkill& n = e.sample.neighbours;
  if (n.examples == 0 || (e.course.learned() > learned_something && !e.others_are_guessed()))
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
  if (surest.surest < fewest_sure || e.others_are_guessed() || !has_begun) return {};
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

/// So few that no rate can be judged.
Found too_few_steps(const Evidence& e) {
  if (!e.course.is_over || e.course.planned >= fewest_trial_steps ||
      e.course.learned() > learned_little)
    return {};
  const std::size_t batch = e.experiment.train.batch_size,
                    examples = e.trainer.data().examples[NNRUN_TRAIN];
  const bool large_batch = batch * 4 > examples;
  return Illness{"too_short",
                 Confidence::likely,
                 {.what = "the whole training makes " + std::to_string(e.course.planned) +
                          (e.course.planned == 1 ? " step" : " steps"),
                  .place = place_of(e, large_batch ? "train.batch_size" : "train.epochs"),
                  .hint = large_batch ? "write train: {batch_size: 32}, say, or more epochs"
                                      : "write more epochs",
                  .note = "batches of " + std::to_string(std::min(batch, examples)) + " of " +
                          std::to_string(examples) + " examples, " +
                          std::to_string(e.experiment.train.epochs) + " epochs"}};
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
       .place = place_of(e, "train.epochs"),
       .hint = "write train: {epochs: " + std::to_string(10 * e.experiment.train.epochs) + "}, say",
       .note = "in the last third it fell by " + percent_text(fall) + ", to " +
               number_text(e.course.end)}};
}

Found too_small(const Evidence& e) {
  const Skill &own = e.course.skill, &near = e.sample.neighbours.skill;
  // where classes are weighted, accuracy may lie far below that of always the same answer
  if (!own.is_known || !near.is_known || e.course.trials.empty() || near.beyond_constant() <= 0 ||
      near.beyond_constant() < own.beyond_constant() + neighbours_know_more)
    return {};
  const double fall = fall_of_last_third(e.course);
  if (fall > (e.course.is_over ? still_falling : standing_still) ||
      (!e.course.is_over && e.course.steps < 2 * e.course.trial_steps))
    return {};
  return Illness{"too_small",
                 Confidence::likely,
                 {.what = "the network is too small, or of the wrong kind: its cost hardly falls, "
                          "and comparing with similar examples tells more",
                  .place = place_of(e, "model.layers"),
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

/// Whether training stops, and what it keeps, follows a part so small that chance decides.
Found watches_few(const Evidence& e) {
  const auto& stopping = e.experiment.train.early_stopping;
  if (!stopping) return {};
  const std::string& monitor = stopping->monitor.value;
  for (const std::size_t part : {NNRUN_VALIDATION, NNRUN_TEST}) {
    const std::size_t n = e.trainer.data().examples[part];
    const std::string word = part == NNRUN_TEST ? "test." : "val.";
    if (n == 0 || n >= fewest_to_watch || !monitor.starts_with(word) ||
        e.trainer.data().examples[NNRUN_TRAIN] < fewest_for_leak)
      continue;
    return Illness{"small_part",
                   Confidence::possible,
                   {.what = "early_stopping watches " + monitor + ", of " + std::to_string(n) +
                            (n == 1 ? " example" : " examples") + ": chance decides when it ends",
                    .place = place_of(e, "train.early_stopping.monitor"),
                    .hint = "write data: {split: {validation: 0.2}}, say",
                    .note = std::to_string(e.trainer.data().examples[NNRUN_TRAIN]) +
                            " examples are trained on"}};
  }
  return {};
}

constexpr IllnessRule end_rules[] = {shifted_part, overfitting, learned_by_heart, watches_few};
constexpr IllnessRule last_rules[] = {too_few_steps,  unrelated, noisy_labels,
                                      too_few_epochs, too_small, nearly_equal_inputs};

}  // namespace

std::vector<Illness> illnesses_of_end(const Evidence& evidence) {
  return found_by(end_rules, evidence);
}

std::vector<Illness> illnesses_by_exclusion(const Evidence& evidence) {
  if (Found weak = weak_weights(evidence)) return {*weak};
  std::vector<Illness> found = found_by(last_rules, evidence);
  for (const IllnessRule rule : {learned_nothing_at_all, ends_above})
    if (found.empty())
      if (Found nothing = rule(evidence)) found.push_back(std::move(*nothing));
  return found;
}

}  // namespace nnrun::host
