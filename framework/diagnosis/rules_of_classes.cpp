// What is wrong with classes, and with what they count.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/text.hpp"
#include "config/flow_yaml.hpp"
#include "diagnosis/rules_of_data.hpp"
#include "diagnosis/thresholds.hpp"
#include "loading/setting.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {

using namespace thresholds;

namespace {

/// Returns what each class counts by the config; empty if all count alike, or by their number.
std::vector<double> counted_classes(const Evidence& e) {
  const Use& cost = e.experiment.train.cost;
  for (std::size_t i = 0; i < cost.settings.size(); ++i) {
    if (!weighs_classes(setting_of(*cost.plugin, i))) continue;
    if (const auto* const numbers = std::get_if<std::vector<double>>(&cost.settings[i]))
      return *numbers;
    const auto* const named = std::get_if<NamedNumbers>(&cost.settings[i]);
    if (!named) continue;
    std::vector<double> numbers(e.sample.classes.count, 1);
    for (const auto& [name, number] : *named)
      for (std::size_t c = 0; c < numbers.size(); ++c)
        if (name == word_of_class(e, c) || name == std::to_string(c)) numbers[c] = number;
    return numbers;
  }
  return {};
}

}  // namespace

/// Prices or counts that were taken for classes.
Found numbers_as_classes(const Evidence& e) {
  const std::vector<std::string>& names = e.trainer.data().names.classes;
  const std::size_t n = e.sample.classes.count;
  if (n <= many_classes || names.size() != n || e.trainer.data().names.ordered ||
      e.sample.count() >= few_of_class * n ||
      !std::ranges::all_of(names,
                           [](const std::string& name) { return parse_double(name).has_value(); }))
    return {};
  return Illness{
      "classes",
      Confidence::likely,
      {.what = "the target is a number that is taken for " + std::to_string(n) +
               " classes, which say nothing of each other",
       .place = place_of(e, "data"),
       .hint = "let it be a number, with one output, activation: none in the last layer and "
               "cost: mean_squared_error; or write order in data",
       .note = std::to_string(e.sample.count()) + " training examples; the first classes are " +
               names[0] + ", " + names[1] + ", " + names[2]}};
}

/// Names of things of which each is there once or twice.
Found tiny_classes(const Evidence& e) {
  const std::size_t n = e.sample.classes.count, examples = e.trainer.data().examples[NNRUN_TRAIN];
  if (n <= many_classes || numbers_as_classes(e) || examples >= few_of_class * n) return {};
  return Illness{
      "classes",
      Confidence::likely,
      {.what = std::to_string(examples) + " training examples are of " + std::to_string(n) +
               " classes: most are there once or twice, which tells little of others",
       .place = place_of(e, "data"),
       .hint = "bring more examples of each, join classes, or let what names the rows not be the "
               "target",
       .note = number_text(static_cast<double>(examples) / static_cast<double>(n)) +
               " examples of a class, on average"}};
}

/// All examples of a class have weights of 0, or next to it.
Found weightless_class(const Evidence& e) {
  const std::vector<std::size_t>& sizes = e.sample.weights.examples_of_classes;
  const std::vector<double>& counted = e.sample.weights.of_classes;
  if (e.sample.weights.n_heaviest == 0 || sizes.empty()) return {};
  const double most = std::ranges::max(counted);
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] < 5 || counted[c] > uncounted_class * most) continue;
    const std::string& column = e.experiment.data.weights.value;
    const auto left = std::ranges::count_if(
        counted, [most](double weight) { return weight > uncounted_class * most; });
    return Illness{
        "weights",
        left < 2 ? Confidence::certain : Confidence::likely,
        {.what = "examples of " + name_of_class(e, c) + " count nothing: the column '" + column +
                 "' gives them no weight, so the network need not tell them",
         .place = place_of(e, "data.weights"),
         .hint = "look at the column in the rows of that class",
         .note = std::to_string(sizes[c]) + " of " + std::to_string(e.sample.weights.examples) +
                 " examples are of that class; together they weigh " + number_text(counted[c]) +
                 ", those of the others up to " + number_text(most)}};
  }
  return {};
}

Found uncounted_classes(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const std::vector<double> counted = counted_classes(e);
  if (counted.empty() || counted.size() != sizes.size()) return {};
  const double most = std::ranges::max(counted);
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] == 0 || counted[c] > uncounted_class * most) continue;
    return Illness{"class_weights",
                   most > 0 ? Confidence::likely : Confidence::certain,
                   {.what = most > 0 ? "examples of " + name_of_class(e, c) +
                                           " count nothing, so the network need not tell them"
                                     : "examples of no class count, so there is nothing to learn",
                    .place = place_of(e, "train.cost.class_weights"),
                    .hint = "write class_weights: balanced, or leave it out",
                    .note = "class_weights gives it " + number_text(counted[c]) + "; " +
                            std::to_string(sizes[c]) + " of " + std::to_string(e.sample.count()) +
                            " examples are of that class"}};
  }
  return {};
}

/// class_weights that make a rare class rarer.
Found reversed_weights(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const std::vector<double> counted = counted_classes(e);
  if (counted.empty() || counted.size() != sizes.size() || uncounted_classes(e)) return {};
  const auto most = static_cast<std::size_t>(std::ranges::max_element(sizes) - sizes.begin());
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] == 0 ||
        static_cast<double>(sizes[c]) > rare_class * static_cast<double>(sizes[most]) ||
        counted[c] > counts_less * counted[most])
      continue;
    return Illness{
        "class_weights",
        Confidence::likely,
        {.what = name_of_class(e, c) +
                 " is rare, and class_weights make it count even "
                 "less than " +
                 name_of_class(e, most),
         .place = place_of(e, "train.cost.class_weights"),
         .hint = "write class_weights: balanced, or the inverse of the shares",
         .note = "a weight of " + number_text(counted[c]) + " for " + std::to_string(sizes[c]) +
                 " of " + std::to_string(e.sample.count()) + " examples, " +
                 number_text(counted[most]) + " for " + std::to_string(sizes[most])}};
  }
  return {};
}

/// class_weights that make one class count far more than others in all, and the network answers
/// with it where it should not.
Found leaning_weights(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const std::vector<double> counted = counted_classes(e);
  const std::vector<std::size_t>& answered = e.course.answered;
  if (counted.empty() || counted.size() != sizes.size() || answered.size() != sizes.size() ||
      uncounted_classes(e) || reversed_weights(e))
    return {};
  const auto in_all = [&](std::size_t c) { return counted[c] * static_cast<double>(sizes[c]); };
  std::size_t most = 0, least = 0;
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (in_all(c) > in_all(most)) most = c;
    if (sizes[c] > 0 && (sizes[least] == 0 || in_all(c) < in_all(least))) least = c;
  }
  const auto answers = std::accumulate(answered.begin(), answered.end(), std::size_t{0});
  const double own = share_of(sizes[most], e.sample.count()),
               said = answers > 0 ? share_of(answered[most], answers) : 0;
  if (in_all(most) <= counts_too_much * in_all(least) || counted[most] <= counted[least] ||
      said <= leaning_answers * own)
    return {};
  return Illness{
      "class_weights",
      Confidence::likely,
      {.what = "class_weights make " + name_of_class(e, most) + " count " +
               number_text(in_all(most) / in_all(least)) + " times as much in all as " +
               name_of_class(e, least) + ", and the network answers with it too often",
       .place = place_of(e, "train.cost.class_weights"),
       .hint = "write class_weights: balanced, or leave it out",
       .note = percent_text(said) + " of the answers are " + name_of_class(e, most) + ", of the " +
               std::to_string(e.sample.count()) + " examples " + percent_text(own) +
               "; class_weights gives it " + number_text(counted[most])}};
}

Found ignored_class(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  if (sizes.size() < 2 || sizes.size() > 20 || e.course.answered.size() != sizes.size() ||
      has_classes_spelled_twice(e))
    return {};
  const auto rarest = static_cast<std::size_t>(std::ranges::min_element(sizes) - sizes.begin());
  const std::size_t most = std::ranges::max(sizes);
  const auto& answered = e.course.answered;  // to other examples, perhaps fewer
  const double answers = std::accumulate(answered.begin(), answered.end(), 0.);
  if (sizes[rarest] < 5 ||
      static_cast<double>(sizes[rarest]) > rare_class * static_cast<double>(most) ||
      static_cast<double>(answered[rarest]) * 10 >
          share_of(sizes[rarest], e.sample.count()) * answers)
    return {};
  return Illness{
      "imbalance",
      Confidence::likely,
      {.what = name_of_class(e, rarest) + " is rare, and the network does not answer with it",
       .place = place_of(e, "train.cost.class_weights"),
       .hint = "write cost: {type: " + e.experiment.train.cost.plugin->name +
               ", class_weights: balanced}",
       .note = std::to_string(sizes[rarest]) + " of " + std::to_string(e.sample.count()) +
               " examples, against " + std::to_string(most) + " of the largest class"}};
}

Found blind_metrics(const Evidence& e) {
  const std::vector<double>& values = e.course.metrics_of_constant;
  if (values.empty()) return {};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t flags = functions_of<nnrun_metric>(*e.experiment.metrics[i].plugin).flags;
    if (!(flags & NNRUN_HIGHER_IS_BETTER) || !(flags & NNRUN_FRACTION) ||
        !(values[i] >= blind_metric))
      return {};
  }
  // f1 of the frequent class is as blind
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const bool is_yes = e.sample.outputs == 1 && sizes.size() == 2 && sizes[1] > sizes[0];
  const std::string watch = !is_yes ? "balanced_accuracy, or f1"
                                    : "balanced_accuracy, or f1 with data: {positive: " +
                                          flow_yaml(text_node(word_of_class(e, 0))) + "}";
  return Illness{"metric",
                 Confidence::possible,
                 {.what = e.experiment.metrics[0].plugin->name + " is " + percent_text(values[0]) +
                          " for a network that always answers with the largest class",
                  .place = e.experiment.metrics[0].place,
                  .hint = "watch a metric that counts each class alike: " + watch}};
}

/// Classes that are there in the part that counts, and not, or in another share, in training.
Found other_classes(const Evidence& e) {
  const std::size_t part =
      part_to_choose_by([&](std::size_t p) { return e.sample.parts[p].count > 0; });
  if (part == NNRUN_TRAIN || e.sample.classes.count == 0) return {};
  const SampleClasses there =
      classes_of(e.sample.parts[part], e.sample.outputs, e.trainer.model()->targets());
  const std::vector<std::size_t> own = e.sample.classes.sizes(), other = there.sizes();
  const std::size_t n = there.of_rows.size();
  if (numbers_as_classes(e) || n < fewest_to_compare || other.size() != own.size()) return {};
  double apart = 0, by_chance = 0;
  std::size_t most = 0;
  const auto parts = 1 / static_cast<double>(n) + 1 / static_cast<double>(e.sample.count());
  std::optional<std::size_t> missing;
  for (std::size_t c = 0; c < own.size(); ++c) {
    const double more = share_of(other[c], n) - share_of(own[c], e.sample.count());
    apart += std::abs(more) / 2;
    const double share = share_of(other[c] + own[c], n + e.sample.count());
    by_chance += std::sqrt(share * (1 - share) * parts * 2 / std::numbers::pi) / 2;
    if (more > share_of(other[most], n) - share_of(own[most], e.sample.count())) most = c;
    if (!missing && own[c] == 0 &&
        share_of(other[c], n) * static_cast<double>(e.sample.count()) > missed_by_chance)
      missing = c;
  }
  if (!missing && apart < std::max(other_shares, (1 + by_chance) / 2)) return {};
  const std::string words = part_words[part];
  const std::size_t shown = missing.value_or(most);
  return Illness{
      missing ? "missing_class" : "shifted_part",
      Confidence::likely,
      {.what = missing ? name_of_class(e, shown) + " is among the " + words +
                             " examples, and none of it among those that it is trained on"
                       : "the " + words +
                             " examples are of other classes than those that it is trained on",
       .place = place_of(e, e.experiment.data.split.validation + e.experiment.data.split.test > 0
                                ? "data.split"
                                : "data"),
       .hint = e.experiment.data.split.validation + e.experiment.data.split.test == 0
                   ? "draw both parts from the same examples"
               : e.experiment.data.split.shuffle
                   ? "write split: {stratify: true}, or bring more examples of that class"
                   : "rows are sorted by class: write split: {shuffle: true, stratify: true}",
       .note = name_of_class(e, shown) + ": " + percent_text(share_of(other[shown], n)) + " of " +
               std::to_string(n) + " " + words + " examples, " +
               percent_text(share_of(own[shown], e.sample.count())) + " of " +
               std::to_string(e.sample.count()) + " training examples"}};
}

}  // namespace nnrun::host
