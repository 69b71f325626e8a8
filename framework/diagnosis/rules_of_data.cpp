#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "diagnosis/rules.hpp"
#include "diagnosis/thresholds.hpp"
#include "training/data_parts.hpp"
#include "training/target_words.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;
using Found = std::optional<Illness>;

const Place& data_place(const Evidence& e) {
  return e.experiment.data.use.place;
}

std::string name_of_input(const Evidence& e, std::size_t i) {
  return e.trainer.model()->preparation().name_of(i);
}

std::string name_of_target(const Evidence& e, std::size_t i) {
  const std::vector<std::string>& names = e.trainer.data().names.targets;
  return i < names.size() ? "target '" + names[i] + "'" : "the target";
}

std::string name_of_class(const Evidence& e, std::size_t i) {
  const std::vector<std::string>& names = e.trainer.data().names.classes;
  return "class '" + (i < names.size() ? names[i] : std::to_string(i)) + "'";
}

/// Returns whether weights meet the inputs as they are: behind a layer that normalizes, their size
/// does not matter.
bool weights_see_inputs(const Graph& graph) {
  std::vector<bool> is_raw(graph.nodes.size());
  for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
    const Node& node = graph.nodes[k];
    const bool reads = std::ranges::any_of(
        node.inputs, [&](int i) { return i == data_input || is_raw[static_cast<std::size_t>(i)]; });
    if (!reads) continue;
    const std::span blocks(node.plan.blocks, node.plan.n_blocks);
    if (std::ranges::any_of(blocks, [](const auto& b) { return b.role == NNRUN_WEIGHTS; }))
      return true;
    is_raw[k] = node.plan.n_parameters == 0 && !node.activation;
  }
  return false;
}

/// Returns how to scale inputs, where the data set itself divides by something, by that.
std::string how_to_scale(const Evidence& e) {
  if (e.sample.is_table) return "write scale: standard in data";
  return e.experiment.data.use.plugin && e.trainer.data().divide_by == 1
             ? "write scale: min_max in data, or divide_by: 255 if they are pixels"
             : "write scale: standard in data";
}

Found large_inputs(const Evidence& e) {
  if (e.sample.is_indices || !weights_see_inputs(e.graph)) return {};
  const auto largest = std::ranges::max_element(e.sample.columns, {}, &SampleColumn::size);
  if (largest == e.sample.columns.end() || largest->size <= large_input) return {};
  const auto i = static_cast<std::size_t>(largest - e.sample.columns.begin());
  const std::size_t large = static_cast<std::size_t>(std::ranges::count_if(
      e.sample.columns, [](const SampleColumn& c) { return c.size > large_input; }));
  return Illness{
      "input_scale",
      e.has_learned_much() ? Confidence::possible : Confidence::likely,
      {.what = "inputs are not scaled: the size of " + name_of_input(e, i) + " is " +
               number_text(largest->size) + ", where weights start for inputs near 1",
       .place = data_place(e),
       .hint = how_to_scale(e),
       .note = std::to_string(large) + " of " + std::to_string(e.sample.inputs) +
               " inputs are larger than " + shortest(large_input) + " (root mean square)"}};
}

Found uneven_columns(const Evidence& e) {
  if (e.sample.is_indices || !e.sample.is_table || !weights_see_inputs(e.graph) ||
      e.has_learned_much())
    return {};
  const SampleColumn *large = nullptr, *small = nullptr;
  for (const SampleColumn& c : e.sample.columns) {
    if (c.values < 3) continue;  // a yes or no, or nothing at all
    if (!large || c.spread > large->spread) large = &c;
    if (!small || c.spread < small->spread) small = &c;
  }
  if (!large || !(large->spread > uneven_inputs * small->spread)) return {};
  const auto index = [&](const SampleColumn* c) {
    return static_cast<std::size_t>(c - e.sample.columns.data());
  };
  return Illness{
      "input_scale",
      Confidence::likely,
      {.what = "inputs are of very different size: one learning rate cannot suit both",
       .place = data_place(e),
       .hint = "write scale: standard in data",
       .note = name_of_input(e, index(large)) + " spreads by " + number_text(large->spread) + ", " +
               name_of_input(e, index(small)) + " by " + number_text(small->spread)}};
}

/// Returns whether a layer adds a bias: where none does, an input that is always 1 stands for it.
bool has_bias(const Graph& graph) {
  return std::ranges::any_of(graph.blocks(),
                             [](const NamedBlock& b) { return b.block->role == NNRUN_BIAS; });
}

/// Of an image, many pixels are always 0, and that is normal; of a table, a column is a mistake.
Found constant_inputs(const Evidence& e) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < e.sample.inputs; ++i)
    if (e.sample.columns[i].values < 2) names.push_back(name_of_input(e, i));
  const bool all = names.size() == e.sample.inputs;
  if (names.empty() || e.sample.count() < 2) return {};
  if (!all && !(e.sample.is_table && has_bias(e.graph))) return {};
  const std::size_t shown = std::min<std::size_t>(names.size(), 5), rest = names.size() - shown;
  names.resize(shown);
  return Illness{
      "constant_input",
      all ? Confidence::certain : Confidence::possible,
      {.what = all ? std::string("every input is the same in all examples")
                   : join(names, ", ") +
                         (rest > 0 ? " and " + std::to_string(rest) + " more" : "") +
                         (names.size() > 1 ? " are" : " is") + " the same in all examples",
       .place = data_place(e),
       .hint = "look at the column, or leave it out: data: {columns: {NAME: unused}}",
       .note = "seen in " + std::to_string(e.sample.count()) + " training examples"}};
}

Found leak(const Evidence& e) {
  if (!e.sample.is_table || e.sample.inputs < 2 || e.sample.count() < fewest_for_leak ||
      e.experiment.data.windows)
    return {};
  for (std::size_t i = 0; i < e.sample.inputs; ++i) {
    const double told = e.sample.classes.count > 0 ? told_by_values(e.sample, i) : 0;
    double most = told >= leaking_agreement ? told : 0;
    std::size_t target = 0;
    for (std::size_t t = 0; e.sample.classes.count == 0 && t < e.sample.outputs; ++t)
      if (const double r = std::abs(correlation(e.sample, i, t)); r > leaking_correlation) {
        most = r;
        target = t;
      }
    if (most == 0) continue;
    return Illness{
        "leak",
        Confidence::likely,
        {.what = name_of_input(e, i) + " gives the answer away: it is " +
                 (e.sample.classes.count > 0 ? "the class" : name_of_target(e, target)) +
                 ", or all but that",
         .place = data_place(e),
         .hint = "leave it out if it will not be known where the network is used: data: {columns: "
                 "{NAME: unused}}",
         .note = e.sample.classes.count > 0
                     ? percent_text(most) + " of " + std::to_string(e.sample.count()) +
                           " examples have the class that its value stands for"
                     : "its correlation with the target is " + significant(most, 6)}};
  }
  return {};
}

Found shared_with_training(const Evidence& e) {
  const bool is_measured = std::ranges::any_of(
      e.sample.columns, [](const SampleColumn& c) { return c.values >= values_of_measurement; });
  if (!is_measured || e.sample.is_indices) return {};
  for (const std::size_t part : {NNRUN_TEST, NNRUN_VALIDATION}) {
    const std::size_t all = e.sample.parts[part].count;
    if (all < 10) continue;
    const std::size_t shared = rows_shared_with_training(e.sample, part);
    const double share = static_cast<double>(shared) / static_cast<double>(all);
    if (share < shared_rows) continue;
    return Illness{"duplicates",
                   Confidence::likely,
                   {.what = percent_text(share) + " of the " + part_words[part] +
                            " examples have the same inputs as a training example, so that part "
                            "says too much good of the network",
                    .place = data_place(e),
                    .hint = "remove rows that are there twice before they are split",
                    .note = std::to_string(shared) + " of " + std::to_string(all) +
                            " examples, looked up among " + std::to_string(e.sample.count())}};
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
       .place = data_place(e),
       .hint = "look for wrong labels, or give the network what tells such rows apart",
       .note = std::to_string(wrong) + " of " + std::to_string(e.sample.count()) +
               " training examples"}};
}

Found ignored_class(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  if (sizes.size() < 2 || sizes.size() > 20 || e.course.answered.size() != sizes.size()) return {};
  const auto rarest = static_cast<std::size_t>(std::ranges::min_element(sizes) - sizes.begin());
  const std::size_t most = std::ranges::max(sizes);
  if (sizes[rarest] < 5 ||
      static_cast<double>(sizes[rarest]) > rare_class * static_cast<double>(most) ||
      e.course.answered[rarest] * 10 > sizes[rarest])
    return {};
  return Illness{
      "imbalance",
      Confidence::likely,
      {.what = name_of_class(e, rarest) + " is rare, and the network does not answer with it",
       .place = e.experiment.train.cost.place,
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
  return Illness{"metric",
                 Confidence::possible,
                 {.what = e.experiment.metrics[0].plugin->name + " is " + percent_text(values[0]) +
                          " for a network that always answers with the largest class",
                  .place = e.experiment.metrics[0].place,
                  .hint = "watch a metric that counts each class alike: balanced_accuracy, or f1"}};
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
       .place = data_place(e),
       .hint = "write train: {shuffle: true}",
       .note = percent_text(share) +
               " of the examples follow one of their own class, by "
               "chance it would be " +
               percent_text(chance)}};
}

/// Returns a number among the settings of a use, or 0.
double number_of(const Use& use, std::string_view name) {
  for (std::size_t i = 0; i < use.settings.size(); ++i)
    if (setting_of(*use.plugin, i).name == name)
      if (const double* const number = std::get_if<double>(&use.settings[i])) return *number;
  return 0;
}

Found drowned_inputs(const Evidence& e) {
  if (e.sample.columns.empty() || e.has_learned_much()) return {};
  const double spread = std::ranges::max(e.sample.columns, {}, &SampleColumn::spread).spread;
  for (const Use& use : e.experiment.data.augment) {
    const double noise = number_of(use, "stddev");
    if (std::string_view(use.plugin->name) != "noise" || noise <= drowning_noise * spread) continue;
    return Illness{"augment",
                   Confidence::likely,
                   {.what = "augment adds noise that hides the inputs",
                    .place = use.place,
                    .hint = "write a stddev of a tenth of what inputs differ by: " +
                            number_text(spread / 10) + ", say",
                    .note = "the noise has a standard deviation of " + number_text(noise) +
                            ", no input one above " + number_text(spread)}};
  }
  return {};
}

constexpr Found (*data_rules[])(const Evidence&) = {
    constant_inputs, drowned_inputs, sorted_examples,      ignored_class,
    contradictions,  leak,           shared_with_training, blind_metrics,
};

}  // namespace

bool Evidence::has_learned_much() const {
  return course.learned() >= learned_much;
}

std::string percent_text(double share) {
  const double percent = 100 * share;
  return significant(percent, percent >= 99 ? 4 : 3) + " %";
}
std::string number_text(double x) {
  return significant(x, 3);
}

std::vector<Illness> illnesses_of_scale(const Evidence& evidence) {
  Found found = large_inputs(evidence);
  if (!found) found = uneven_columns(evidence);
  if (!found) return {};
  return {std::move(*found)};
}

std::vector<Illness> illnesses_of_data(const Evidence& evidence) {
  std::vector<Illness> all;
  for (const auto rule : data_rules)
    if (Found found = rule(evidence)) all.push_back(std::move(*found));
  return all;
}

}  // namespace nnrun::host
