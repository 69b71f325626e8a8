// What does not fit together, and what cannot begin to learn.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "diagnosis/rules.hpp"
#include "diagnosis/thresholds.hpp"
#include "training/diagnosis.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;

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
    if (!layer.has_weights || e.is_output(layer) || !layer.units_alike ||
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
         .place = place_in(e, node, "init"),
         .hint = better_start(node, "init"),
         .note =
             "for every example their outputs agree, at the start and" + in_steps(e.course.steps)}};
  }
  return {};
}

/// Returns whether weights, and nothing else, meet what a node gives: there, its units count one by
/// one. Where layers are joined, one may well share out what the others say.
bool feeds_weights(const Evidence& e, const Node& node) {
  const auto& nodes = e.graph.nodes;
  const auto own = static_cast<int>(&node - nodes.data());
  bool feeds = false;
  for (const Node& behind : nodes) {
    if (std::ranges::find(behind.inputs, own) == behind.inputs.end()) continue;
    if (behind.inputs.size() > 1) return false;
    if (behind.plan.n_parameters == 0 && !feeds_weights(e, behind)) return false;
    feeds = true;
  }
  return feeds;
}

/// A hidden layer whose units share a sum of 1: of many, each is next to nothing, and what one
/// gains the others lose.
Found hidden_shares(const Evidence& e) {
  if (e.has_learned_much()) return {};
  for (const LayerLook& layer : e.course.layers) {
    const Node& node = *layer.picture.node;
    if (e.is_output(layer) || !node.activation || !feeds_weights(e, node) ||
        (node.activation.functions<nnrun_activation>().flags & NNRUN_SUMS_TO_ONE) == 0)
      continue;
    const std::string& name = node.activation.plugin().name;
    return Illness{
        "hidden_softmax",
        Confidence::likely,
        {.what = name + " in a hidden layer: the " + std::to_string(node.cols) + " units of " +
                 node.name + " share a sum of 1, so they hardly tell inputs apart",
         .place = place_in(e, node, "activation"),
         .hint = "write activation: tanh or relu there; " + name + " is for the last layer",
         .note =
             "its outputs are " + number_text(layer.output_size) + " in size (root mean square)"}};
  }
  return {};
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
                    .place = place_of(e, "train.gradient.step"),
                    .hint = "leave step out, or write gradient: backprop",
                    .note = "the step is " + number_text(*step) + ", and numbers near 1 are " +
                            number_text(rounding) + " apart"}};
  }
  return {};
}
Found no_parameters(const Evidence& e) {
  if (e.graph.n_parameters > 0) return {};
  return Illness{"no_parameters",
                 Confidence::certain,
                 {.what = "the network has no parameters, so there is nothing to learn",
                  .place = place_of(e, "model.layers"),
                  .hint = "add a layer that has some: {type: dense, units: 1}, say"}};
}

/// Targets far from 0, and nothing that adds a number to sums of inputs.
Found missing_bias(const Evidence& e) {
  const bool has_bias = std::ranges::any_of(
      e.graph.blocks(), [](const NamedBlock& b) { return b.block->role == NNRUN_BIAS; });
  const bool has_constant = std::ranges::any_of(
      e.sample.columns, [](const SampleColumn& c) { return c.values == 1 && c.not_zero > 0; });
  const std::vector<double>& targets = e.sample.parts[NNRUN_TRAIN].targets;
  if (has_bias || has_constant || e.sample.outputs != 1 || e.graph.n_parameters == 0 ||
      e.trainer.model()->targets().kind != NNRUN_NUMBERS || !e.course.means ||
      e.course.learned() >= learned_something || targets.size() < fewest_for_leak)
    return {};
  double sum = 0, squares = 0;
  for (const double t : targets) {
    sum += t;
    squares += t * t;
  }
  const auto n = static_cast<double>(targets.size());
  const double mean = sum / n, deviation = std::sqrt(std::max(0., squares / n - mean * mean));
  if (std::abs(mean) < deviation) return {};
  return Illness{
      "no_bias",
      Confidence::likely,
      {.what =
           "no layer has a bias, and the targets are not around 0: where inputs are near 0, so is "
           "every answer",
       .place = place_in(e, e.graph.output(), "bias"),
       .hint = "leave out bias: false, or write target_scale: standard and scale: standard in data",
       .note = "the targets are " + number_text(mean) + " on average, and spread by " +
               number_text(deviation) + "; the cost is " + number_text(e.course.end) +
               in_steps(e.course.steps) + ", the mean of the targets as the answer costs " +
               number_text(*e.course.means)}};
}

constexpr IllnessRule start_rules[] = {no_parameters, symmetric_units, hidden_shares, small_step,
                                       missing_bias};

}  // namespace

std::vector<Illness> illnesses_of_start(const Evidence& evidence) {
  std::vector<Illness> all;
  const auto [low, high] = evidence.trainer.target_range();  // one number has a rule of its own
  const bool are_sound = low != high && !has_wrong_targets(evidence);
  for (Problem& warning : warnings_of(evidence.experiment, evidence.trainer, are_sound))
    all.push_back({"mismatch", Confidence::certain, std::move(warning)});
  std::ranges::move(found_by(start_rules, evidence), std::back_inserter(all));
  return all;
}

}  // namespace nnrun::host
