// What is wrong with examples, and with data.
#include "diagnosis/rules_of_data.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "diagnosis/thresholds.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;

Found shared_with_training(const Evidence& e) {
  const bool is_measured = std::ranges::any_of(
      e.sample.columns, [](const SampleColumn& c) { return c.values >= values_of_measurement; });
  if (!is_measured || e.sample.is_indices) return {};
  for (const std::size_t part : {NNRUN_TEST, NNRUN_VALIDATION}) {
    const std::size_t all = e.sample.parts[part].count;
    if (all < 10) continue;
    const std::size_t shared = rows_shared(e.sample, part, NNRUN_TRAIN);
    const double share = static_cast<double>(shared) / static_cast<double>(all);
    if (share < shared_rows) continue;
    return Illness{"duplicates",
                   Confidence::likely,
                   {.what = percent_text(share) + " of the " + part_words[part] +
                            " examples have the same inputs as a training example, so that part "
                            "makes the network look better than it is",
                    .place = place_of(e, "data"),
                    .hint = "remove rows that are there twice before they are split",
                    .note = std::to_string(shared) + " of " + std::to_string(all) +
                            " examples, looked up among " + std::to_string(e.sample.count())}};
  }
  return {};
}

/// One file for both parts, say: what is chosen by one is judged by the same examples.
Found shared_held_out(const Evidence& e) {
  const bool is_measured = std::ranges::any_of(
      e.sample.columns, [](const SampleColumn& c) { return c.values >= values_of_measurement; });
  const std::size_t all = e.sample.parts[NNRUN_TEST].count;
  if (!is_measured || e.sample.is_indices || all < 10) return {};
  const std::size_t shared = rows_shared(e.sample, NNRUN_TEST, NNRUN_VALIDATION);
  if (share_of(shared, all) < shared_rows) return {};
  return Illness{
      "duplicates",
      Confidence::likely,
      {.what = percent_text(share_of(shared, all)) +
               " of the test examples have the same inputs as a validation example: what was "
               "chosen by these looks better on those than it is",
       .place = place_of(e, "data.test"),
       .hint = "give the test part examples of its own, or leave one of the two out",
       .note = std::to_string(shared) + " of " + std::to_string(all) +
               " examples, looked up among " +
               std::to_string(e.sample.parts[NNRUN_VALIDATION].count)}};
}

/// Rows that were rounded, or moments of one thing that follow each other, on both sides of a
/// split.
Found near_copies(const Evidence& e) {
  const auto measured = std::ranges::count_if(
      e.sample.columns, [](const SampleColumn& c) { return c.values >= values_of_measurement; });
  if (!e.sample.is_table || e.experiment.data.windows ||
      static_cast<std::size_t>(measured) < columns_of_copies || shared_with_training(e))
    return {};
  for (const std::size_t part : {NNRUN_TEST, NNRUN_VALIDATION}) {
    const NearCopies copies = near_copies_in_training(e.sample, part);
    const double share = share_of(copies.found, copies.looked_up);
    if (copies.looked_up < 10 || share < shared_rows) continue;
    return Illness{
        "duplicates",
        Confidence::likely,
        {.what = percent_text(share) + " of the " + part_words[part] +
                 " examples are next to a training example in all numbers, so that part says too "
                 "much good of the network",
         .place = place_of(e, "data"),
         .hint = "they are copies, or moments that follow each other: keep those of one thing in "
                 "one part, by split: {shuffle: false} or a file of their own",
         .note = std::to_string(copies.found) + " of " + std::to_string(copies.looked_up) +
                 " examples, within " + shortest(near_copy) +
                 " standard deviations in every input"}};
  }
  return {};
}

Found contradictions(const Evidence& e) {
  if (e.sample.classes.count == 0 || e.sample.is_indices) return {};
  const std::size_t wrong = contradictory_rows(e.sample);
  const double share = share_of(wrong, e.sample.count());
  if (share < wrong_rows) return {};
  return Illness{
      "contradictions",
      Confidence::likely,
      {.what = "examples of equal inputs have different classes: no network can be right "
               "for more than " +
               percent_text(1 - share) + " of them",
       .place = place_of(e, "data"),
       .hint = "look for wrong labels, or give the network what tells such rows apart",
       .note = std::to_string(wrong) + " of " + std::to_string(e.sample.count()) +
               " training examples"}};
}

/// Whatever a network answers, it is the same for all.
Found constant_targets(const Evidence& e) {
  const std::vector<double>& targets = e.sample.parts[NNRUN_TRAIN].targets;
  if (e.sample.count() < 2 || weightless_class(e)) return {};
  for (std::size_t i = e.sample.outputs; i < targets.size(); ++i)
    if (targets[i] != targets[i - e.sample.outputs]) return {};
  const bool is_class = e.sample.classes.count > 0;
  return Illness{"constant_target",
                 Confidence::certain,
                 {.what = is_class ? "every example is of " +
                                         name_of_class(e, e.sample.classes.of_rows.front())
                                   : "the target is the same in all examples",
                  .place = place_of(e, "data"),
                  .hint = "look at the column of the target: there is nothing to tell apart",
                  .note = "seen in " + std::to_string(e.sample.count()) + " training examples"}};
}

Found sorted_examples(const Evidence& e) {
  if (e.experiment.train.shuffle || e.sample.classes.count < 2 || e.sample.count() < 20 ||
      e.experiment.train.batch_size >= e.trainer.data().examples[NNRUN_TRAIN])
    return {};
  const std::vector<std::size_t>& of_rows = e.sample.classes.of_rows;
  std::size_t same = 0;
  for (std::size_t r = 1; r < of_rows.size(); ++r) same += of_rows[r] == of_rows[r - 1];
  double chance = 0;
  for (const std::size_t n : e.sample.classes.sizes())
    chance += std::pow(share_of(n, of_rows.size()), 2);
  const double share = share_of(same, of_rows.size() - 1);
  if (share < sorted_neighbours || chance > sorted_by_chance) return {};
  return Illness{
      "order",
      Confidence::likely,
      {.what = "the examples are sorted by class, and training takes them in that order: "
               "it forgets one class while it learns the next",
       .place = place_of(e, "train.shuffle"),
       .hint = "write train: {shuffle: true}",
       .note = percent_text(share) +
               " of the examples follow one of their own class, by "
               "chance it would be " +
               percent_text(chance)}};
}

/// Returns whether an augmentation can be made weaker: a flip cannot.
bool has_strength(const Use& augmentation) {
  return std::ranges::any_of(augmentation.settings, [](const auto& setting) {
    return std::holds_alternative<double>(setting) || std::holds_alternative<std::int64_t>(setting);
  });
}

/// What was changed looks like examples of another class: b, mirrored, is d.
Found swapping_augmentation(const Evidence& e) {
  const auto& plain = e.sample.neighbours.look_like;
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  if (plain.empty() || !e.neighbours_know()) return {};
  for (const Use& use : e.experiment.data.augment) {
    const auto changed = neighbours_of_changed(e.sample, e.trainer, use).look_like;
    double most = 0;
    std::size_t from = 0, to = 0;
    for (std::size_t a = 0; a < changed.size(); ++a)
      for (std::size_t b = 0; b < changed.size(); ++b) {
        const double looked_at = static_cast<double>(sizes[a]) *
                                 static_cast<double>(e.sample.neighbours.examples) /
                                 static_cast<double>(e.sample.count());
        if (a == b || looked_at < fewest_of_class) continue;
        const double more = static_cast<double>(changed[a][b]) - static_cast<double>(plain[a][b]);
        if (more / looked_at <= most) continue;
        most = more / looked_at;
        from = a;
        to = b;
      }
    if (most < swapped_by_augmentation) continue;
    return Illness{
        "swapping_augment",
        Confidence::likely,
        {.what = std::string(use.plugin->name) + " in augment makes examples of " +
                 name_of_class(e, from) + " look like those of " + name_of_class(e, to),
         .place = use.place,
         .hint =
             std::string(has_strength(use) ? "make it weaker, or leave it out" : "leave it out") +
             ": what it changes must not tell the classes apart",
         .note = percent_text(most) + " of them look so when it has changed them, by the five "
                                      "nearest examples as they are"}};
  }
  return {};
}

/// What was changed is no longer nearest to what it was made of, or to its like.
Found hiding_augmentation(const Evidence& e) {
  if (e.has_learned_much() || !e.neighbours_know() || swapping_augmentation(e)) return {};
  const double before = e.sample.neighbours.skill.beyond_constant();
  for (const Use& use : e.experiment.data.augment) {
    const NeighbourSkill changed = neighbours_of_changed(e.sample, e.trainer, use);
    const double after = std::max(0., changed.skill.beyond_constant());
    if (!changed.skill.is_known || after > left_by_augmentation * before) continue;
    return Illness{
        "augment",
        Confidence::likely,
        {.what = std::string(use.plugin->name) +
                 " in augment changes inputs so much that they cannot be told apart",
         .place = use.place,
         .hint = has_strength(use) ? "make it weaker, by a factor of 10, say, or leave it out"
                                   : "leave it out",
         .note = "right beyond a constant answer, by the five nearest examples: " +
                 percent_text(before) + " without it, " + percent_text(after) + " with it"}};
  }
  return {};
}

/// A few examples weigh more than all others.
Found few_heavy_examples(const Evidence& e) {
  const SampleWeights& weights = e.sample.weights;
  if (weights.examples < fewest_for_leak || weights.of_heaviest < far_targets) return {};
  return Illness{
      "weights",
      Confidence::likely,
      {.what = std::to_string(weights.n_heaviest) + " of " + std::to_string(weights.examples) +
               (weights.n_heaviest == 1
                    ? " examples weighs more than all others together, so what it says"
                    : " examples weigh more than all others together, so what they say") +
               " is learnt alone",
       .place = place_of(e, "data.weights"),
       .hint =
           "look at the largest numbers of the column '" + e.experiment.data.weights.value + "'",
       .note = (weights.n_heaviest == 1 ? "it is " : "they are ") +
               percent_text(weights.of_heaviest) + " of all weight"}};
}

constexpr IllnessRule example_rules[] = {
    constant_targets,  constant_inputs,       uncounted_classes,  reversed_weights,
    leaning_weights,   weightless_class,      few_heavy_examples, numbers_as_classes,
    tiny_classes,      other_classes,         sorted_examples,    contradictions,
    zeros_for_missing, swapping_augmentation, hiding_augmentation};
constexpr IllnessRule data_rules[] = {
    ignored_class, leak,  shared_with_training, shared_held_out, near_copies,
    single_names,  codes, missing_columns,      row_numbers,     spelled_twice,
    blind_metrics};

}  // namespace

std::vector<Illness> illnesses_of_examples(const Evidence& evidence) {
  return found_by(example_rules, evidence);
}

std::vector<Illness> illnesses_of_data(const Evidence& evidence) {
  return found_by(data_rules, evidence);
}

}  // namespace nnrun::host
