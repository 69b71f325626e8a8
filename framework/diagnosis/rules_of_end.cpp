// How a training ended.
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

/// What is elsewhere in a part: `its mean is 3 standard deviations off`.
struct Shift {
  std::string what, by;
};
Shift shift_by(const std::string& what, double deviations) {
  return {what, "its mean is " + number_text(deviations) + " standard deviations off"};
}

/// Targets in another unit, say.
std::optional<Shift> shift_of_targets(const Evidence& e, std::size_t part) {
  if (e.trainer.model()->targets().kind != NNRUN_NUMBERS || has_wrong_targets(e)) return {};
  const std::size_t out = e.sample.outputs;
  const auto spread_in = [&](std::size_t p, std::size_t o) {
    double sum = 0, squares = 0;
    const auto n = static_cast<double>(e.sample.parts[p].count);
    for (std::size_t r = 0; r < e.sample.parts[p].count; ++r) {
      const double t = e.sample.parts[p].targets[r * out + o];
      sum += t;
      squares += t * t;
    }
    return Spread{sum / n, std::sqrt(std::max(0., squares / n - sum / n * (sum / n)))};
  };
  for (std::size_t o = 0; o < out; ++o) {
    const Spread own = spread_in(NNRUN_TRAIN, o), other = spread_in(part, o);
    if (!(own.deviation > 0)) continue;
    if (other.deviation > other_spread * own.deviation ||
        other.deviation * other_spread < own.deviation)
      return Shift{
          name_of_target(e, o),
          "it spreads " + number_text(other.deviation / own.deviation) + " times as far there"};
    if (const double by = std::abs(other.mean - own.mean) / own.deviation; by > shifted_mean)
      return shift_by(name_of_target(e, o), by);
  }
  return {};
}

/// Returns what is elsewhere in a part.
std::optional<Shift> shift(const Evidence& e, std::size_t part) {
  if (!e.sample.is_table) {  // of an image, each pixel alone says little
    const double by = shift_of(e.sample, part, [&](const double* row) {
      return std::accumulate(row, row + e.sample.inputs, 0.) / static_cast<double>(e.sample.inputs);
    });
    if (by > shifted_mean) return shift_by("the mean of an example's inputs", by);
    return shift_of_targets(e, part);
  }
  for (std::size_t i = 0; i < e.sample.inputs; ++i)
    if (const double by = shift_of(e.sample, part, [i](const double* row) { return row[i]; });
        by > shifted_mean)
      return shift_by(name_of_input(e, i), by);
  return shift_of_targets(e, part);
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
               (shifted ? "of another kind than those that it is trained on: " + shifted->what +
                              " is elsewhere"
                        : "labelled otherwise than those that it is trained on, or of another "
                          "kind"),
       .place = place_of(e, is_cut ? "data.split.shuffle" : "data"),
       .hint = is_cut ? "write split: {shuffle: true}, unless later rows are what it is to be "
                        "good at"
                      : "draw both parts from the same examples",
       .note = shifted ? shifted->by + "; " + skills
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
      !(last.train.cost < best->train.cost - standing_still * std::abs(best->train.cost)) ||
      e.course.end > e.course.held_out_cost)  // what is known by heart costs less than the rest
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
  const std::string skills = "right beyond a constant answer: training " +
                             percent_text(own.beyond_constant()) + ", others " +
                             percent_text(std::max(0., other.beyond_constant()));
  if (by_chance)
    return Illness{
        "shuffled_labels",
        Confidence::likely,
        {.what = "labels look shuffled: the network answers the training examples, but others no "
                 "better than a constant would",
         .place = place_of(e, "data"),
         .hint =
             "look whether inputs and targets of a row belong together, such as columns that were "
             "sorted apart",
         .note = skills + "; examples that are alike agree no more than by chance"}};
  const std::size_t examples = e.trainer.data().examples[NNRUN_TRAIN];
  return Illness{
      "overfitting",
      Confidence::possible,
      {.what = "it learns the training examples by heart: others are answered no better than by a "
               "constant",
       .place = place_of(e, "model.layers"),
       .hint = "write fewer units, a regularizer or dropout, or bring more data; if that does not "
               "help, look whether inputs and targets of a row belong together",
       .note = std::to_string(numbers_that_learn(e.graph)) + " parameters for " +
               std::to_string(examples) + (examples == 1 ? " example; " : " examples; ") + skills}};
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

}  // namespace

std::vector<Illness> illnesses_of_end(const Evidence& evidence) {
  return found_by(end_rules, evidence);
}

}  // namespace nnrun::host
