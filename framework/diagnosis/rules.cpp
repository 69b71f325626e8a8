#include "diagnosis/rules.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "config/flow_yaml.hpp"
#include "diagnosis/thresholds.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {

bool Evidence::has_learned_much() const {
  return course.learned() >= thresholds::learned_much;
}

bool Evidence::others_are_guessed() const {
  return course.held_out.is_known &&
         course.held_out.beyond_constant() <= thresholds::no_better_than_constant;
}

bool Evidence::neighbours_know() const {
  const Skill& skill = sample.neighbours.skill;
  return skill.is_known && skill.beyond_constant() >= thresholds::neighbours_know_more;
}

bool Evidence::more_can_be_learnt() const {
  const Skill& skill = sample.neighbours.skill;
  if (!skill.is_known) return true;
  const double by_chance = 2 / std::sqrt(static_cast<double>(sample.neighbours.examples));
  return skill.beyond_constant() >
         std::max(0., course.skill.beyond_constant()) + thresholds::more_to_learn + by_chance;
}

namespace {

/// Returns whether targets are numbers as the data have them, which outputs of any size may reach.
bool are_plain_numbers(const Evidence& e) {
  const Object& activation = e.graph.output().activation;
  const nnrun_range range =
      activation ? declared(activation.functions<nnrun_activation>(), &nnrun_activation::outputs)
                 : nnrun_range{};
  return e.trainer.model()->targets().kind == NNRUN_NUMBERS &&
         !e.trainer.model()->preparation().scales_targets() &&
         !e.experiment.model.weights.is_given() &&
         !(range.low < range.high && std::isfinite(range.high));
}

}  // namespace

bool targets_are_far(const Evidence& e) {
  const auto [low, high] = e.trainer.target_range();
  return are_plain_numbers(e) && is_far_from_start({low, high});
}

bool targets_are_large(const Evidence& e) {
  const std::vector<double>& targets = e.sample.parts[NNRUN_TRAIN].targets;
  double squares = 0;
  for (const double t : targets) squares += t * t;
  return are_plain_numbers(e) &&
         squares > std::pow(thresholds::large_target, 2) * static_cast<double>(targets.size());
}

std::size_t numbers_that_learn(const Graph& graph) {
  std::size_t n = 0;
  for (const NamedBlock& block : graph.blocks())
    if (block.node->learns()) n += size_of(block.block->shape);
  return n;
}

Place place_of(const Evidence& evidence, const std::string& path) {
  return evidence.experiment.written->place_of(path);
}

Place place_in(const Evidence& evidence, const Node& layer, const std::string& key) {
  return evidence.experiment.written->place_in_layer(layer.name, key);
}

Place rate_place(const Evidence& evidence) {
  return place_of(evidence, "train.optimizer.learning_rate");
}

std::string name_of_input(const Evidence& evidence, std::size_t i) {
  return evidence.trainer.model()->preparation().name_of(i);
}

std::string name_of_target(const Evidence& e, std::size_t i) {
  const std::vector<std::string>& names = e.trainer.data().names.targets;
  return i < names.size() ? "target '" + names[i] + "'" : "the target";
}

std::string word_of_class(const Evidence& e, std::size_t i) {
  const std::vector<std::string>& names = e.trainer.data().names.classes;
  if (names.size() == 1) return names[0];  // of the only one, a target of 1 says yes
  return i < names.size() ? names[i] : std::to_string(i);
}

std::string name_of_class(const Evidence& e, std::size_t i) {
  return "class '" + word_of_class(e, i) + "'";
}

std::string column_name(const Evidence& evidence, std::size_t input) {
  const Preparation& preparation = evidence.trainer.model()->preparation();
  const auto& slots = preparation.slots();
  return preparation.recipe().columns[slots[input % slots.size()].a].name;
}

Place place_of_column(const Evidence& evidence, std::size_t input) {
  return place_of(evidence, "data.columns." + column_name(evidence, input));
}

std::string column_key(const Evidence& evidence, std::size_t input) {
  const std::string name = column_name(evidence, input);
  return name.empty() ? "NAME" : flow_yaml(text_node(name));
}

std::vector<double> numbers_in_data(const Evidence& evidence, std::size_t input) {
  const Preparation& preparation = evidence.trainer.model()->preparation();
  const auto& slots = preparation.slots();
  // of windows, rows of the table follow each other
  const bool is_table = evidence.sample.is_table || evidence.experiment.data.windows;
  if (!is_table || slots.empty() || evidence.sample.inputs % slots.size() != 0) return {};
  const std::size_t slot = input % slots.size();
  if (slots[slot].map != Preparation::Map::as_it_is) return {};
  const Preparation::Fit& fit = preparation.fitted();
  const double factor = fit.factors.empty() ? 1 : fit.factors[slot],
               shift = fit.shifts.empty() ? 0 : fit.shifts[slot];
  std::vector<double> numbers;
  if (factor == 0) return numbers;
  for (std::size_t r = 0; r < evidence.sample.count(); ++r)
    numbers.push_back((evidence.sample.row(NNRUN_TRAIN, r)[input] / factor + shift) *
                      preparation.divide_by());
  return numbers;
}

std::optional<double> number_in(const Use& use, std::string_view name) {
  for (std::size_t i = 0; i < use.settings.size(); ++i)
    if (setting_of(*use.plugin, i).name == name)
      if (const double* const number = std::get_if<double>(&use.settings[i])) return *number;
  return std::nullopt;
}

ShrunkLayer most_shrunk_layer(const Evidence& evidence) {
  ShrunkLayer most;
  for (const LayerSpec& layer : evidence.experiment.model.layers)
    for (const BlockMove& move : evidence.course.moves)
      if (layer.regularizer && evidence.graph.nodes[move.node].name == layer.name &&
          move.is_weights && (!most.weights || move.growth < most.weights->growth))
        most = {&layer, &move};
  return most;
}

std::string shrunk_text(const Evidence& evidence, const BlockMove& weights) {
  return weights.name + " has shrunk to " + percent_text(weights.growth) + " of its size" +
         in_steps(evidence.course.steps);
}

std::string slopes_text(const std::vector<LayerLook>& layers) {
  constexpr std::size_t most = 12;  // of more, those at the ends
  std::vector<std::string> words;
  for (const LayerLook& layer : layers)
    if (layer.has_weights)
      words.push_back(number_text(layer.slope_size) + " in " + layer.picture.node->name);
  if (words.size() > most) {
    const auto half = static_cast<std::ptrdiff_t>(most / 2);
    words.erase(words.begin() + half, words.end() - half);
    words.insert(words.begin() + half, "…");
  }
  return "slopes are " + join(words, ", ");
}

std::string percent_text(double share) {
  const double percent = 100 * share;
  return significant(percent, percent >= 99 ? 4 : 3) + " %";
}

std::string number_text(double x) {
  return significant(x, 3);
}

std::string in_steps(std::uint64_t steps) {
  return " after " + std::to_string(steps) + (steps == 1 ? " step" : " steps");
}

}  // namespace nnrun::host
