// What became of the layers: what their outputs, their slopes and their weights look like.
#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "diagnosis/rules.hpp"
#include "diagnosis/thresholds.hpp"
#include "training/diagnosis.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;

std::string activation_of(const Node& node) {
  return node.activation ? node.activation.plugin().name : "tanh";  // of a recurrent layer
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

/// Returns whether an activation is flat wherever numbers of networks are.
bool has_no_slope(const Object& activation) {
  const auto& table = activation.functions<nnrun_activation>();
  if ((table.flags & NNRUN_ELEMENTWISE) == 0) return false;
  constexpr std::size_t n = 64;
  Buffer<double> z(n), a(n), da(n), dz(n);
  for (std::size_t i = 0; i < n; ++i) z.data()[i] = (static_cast<double>(i) - 31.3) / 4;
  std::fill_n(da.data(), n, 1.);
  const auto& functions = table.by_dtype[NNRUN_F64];
  activation.call("forward", functions.forward, z.data(), a.data(), std::size_t{1}, n);
  activation.call("backward", functions.backward, z.data(), a.data(), da.data(), dz.data(),
                  std::size_t{1}, n);
  return std::ranges::none_of(dz.all(), [](double slope) { return slope != 0; });
}

/// A hidden layer that lets no slope through: those before it never learn by slopes.
Found flat_activation(const Evidence& e) {
  const Use& gradient = e.experiment.train.gradient;
  if (gradient && std::string_view(gradient.plugin->name) != "backprop") return {};
  const LayerLook* learns = nullptr;  // up to here
  for (const LayerLook& layer : e.course.layers) {
    if (layer.has_weights) learns = &layer;
    const Node& node = *layer.picture.node;
    if (e.is_output(layer) || !learns || !node.activation || !has_no_slope(node.activation))
      continue;
    const std::string& before = learns->picture.node->name;
    return Illness{
        "no_slope",
        Confidence::certain,
        {.what = "the slope of " + activation_of(node) + " is 0 everywhere, so " +
                 (before == node.name ? node.name : before + " before " + node.name) +
                 " does not learn",
         .place = place_in(e, node, "activation"),
         .hint = "write activation: tanh or relu, or train without slopes: train: {gradient: "
                 "finite_difference}"}};
  }
  return {};
}

/// Returns whether an output stands where it has no slope, and has learned nothing there. Outputs
/// of a network that learned stand at their limits, too.
bool is_stuck(const Evidence& e, const LayerLook& at_start) {
  return e.course.learned() < learned_something && at_start.slope_size < no_slope_left;
}

Found saturated_layers(const Evidence& e) {
  if (e.has_learned_much()) return {};
  for (std::size_t k = 0; k < e.course.layers.size(); ++k) {
    const LayerLook &now = e.course.layers[k], &before = e.course.layers_at_start[k];
    if (now.picture.saturated < saturated_outputs || (e.is_output(now) && !is_stuck(e, before)) ||
        (now.picture.node->activation && has_no_slope(now.picture.node->activation)))
      continue;
    const Node& node = *now.picture.node;
    const bool from_start = before.picture.saturated >= saturated_outputs;
    return Illness{
        "saturated_units",
        Confidence::likely,
        {.what = percent_text(now.picture.saturated) + " of the outputs of " + node.name +
                 " are at a limit of " + activation_of(node) + ", where its slope is all but 0",
         .place = from_start ? place_in(e, node, "init") : rate_place(e),
         .hint = from_start
                     ? better_start(node, "init") + " and bias_init: zeros, and scale the inputs"
                     : smaller_rate(e.course.rate),
         .note = from_start ? "it began so: " + percent_text(before.picture.saturated)
                            : "at the start it was " + percent_text(before.picture.saturated)}};
  }
  return {};
}

Found vanishing_slopes(const Evidence& e) {
  const auto [first, last] = ends_of(e.course.layers_at_start);
  if (!first || first == last || !(last->slope_size > 0) || e.has_learned_much()) return {};
  if (saturated_layers(e)) return {};  // which is why
  if (first->slope_size > lost_slope * last->slope_size) return {};
  const Node& node = *first->picture.node;
  const double moved = moved_by_run(e, node);
  if (moved > still_layer) return {};
  const bool is_small = std::ranges::any_of(e.course.moves, [](const BlockMove& move) {
    return move.is_weights && move.learns && move.gain < small_gain;
  });
  return Illness{"vanishing_slopes",
                 Confidence::likely,
                 {.what = "slopes vanish on their way back: " + node.name + " hardly learns",
                  .place = place_in(e, node, is_small ? "init" : "activation"),
                  .hint = is_small ? better_start(node, "init") + " and the layers behind it"
                                   : "write activation: relu in the hidden layers, which passes "
                                     "slopes on, or take fewer layers, or batch_norm between them",
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
                  .place = place_in(e, node, "init"),
                  .hint = better_start(node, "init") +
                          " and the layers behind it, or bound the gradient: train: {clip_norm: 1}",
                  .note = growth_text(*first, *last)}};
}

/// An output that is always 0, where targets are not, is as dead as a hidden unit. Elsewhere some
/// dead units are usual.
bool is_ill(const Evidence& e, const LayerLook& layer) {
  const double dead = layer.picture.dead;
  if (e.is_output(layer)) return dead > 0 && (e.sample.classes.count > 0 || !e.has_learned_much());
  return dead >= 1 || (dead >= dead_units && !e.has_learned_much());
}

std::string help_for_dead(const Evidence& e, const LayerLook& layer, bool from_start) {
  const Node& node = *layer.picture.node;
  if (e.is_output(layer)) {
    const std::string fitting = e.sample.classes.count == 0 ? "none"
                                : e.sample.outputs > 1      ? "softmax"
                                                            : "sigmoid";
    return "write activation: " + fitting + " in the last layer";
  }
  const std::string start = better_start(node, "init");
  if (from_start && node.init &&
      start == "write init: " + std::string(node.init.plugin->name) + " in " + node.name)
    return "its start is the usual one: write more units, or another activation: leaky_relu or "
           "tanh";
  return from_start ? start + " and bias_init: zeros"
                    : smaller_rate(e.course.rate) + ", or another activation: leaky_relu";
}

Found dead_layers(const Evidence& e) {
  for (std::size_t k = 0; k < e.course.layers.size(); ++k) {
    const LayerLook &now = e.course.layers[k], &before = e.course.layers_at_start[k];
    const bool from_start = before.picture.dead >= dead_units;
    if (!is_ill(e, now) || (!from_start && vanishing_slopes(e))) continue;
    const Node& node = *now.picture.node;
    return Illness{"dead_units",
                   // what died on the way did so of something
                   now.picture.dead >= 1 && from_start ? Confidence::certain : Confidence::likely,
                   {.what = percent_text(now.picture.dead) + " of the units of " + node.name +
                            " are dead: " + activation_of(node) +
                            " gives 0 for every example, and so is its slope",
                    .place = e.is_output(now) ? place_in(e, node, "activation")
                             : from_start     ? place_in(e, node, "init")
                                              : rate_place(e),
                    .hint = help_for_dead(e, now, from_start),
                    .note = "at the start it was " + percent_text(before.picture.dead)}};
  }
  return {};
}

/// Sums of inputs that are far larger than the inputs, where nothing else shows what that does.
Found large_start(const Evidence& e) {
  if (e.has_learned_much() || saturated_layers(e) || exploding_slopes(e)) return {};
  for (const BlockMove& move : e.course.moves) {
    const Node& node = e.graph.nodes[move.node];
    if (!move.is_weights || !move.learns || move.gain < large_gain) continue;
    return Illness{"large_start",
                   Confidence::likely,
                   {.what = "the weights of " + node.name + " are far too large at the start",
                    .place = place_in(e, node, "init"),
                    .hint = better_start(node, "init"),
                    .note = "a sum of inputs comes out " + number_text(move.gain) +
                            " times as large as they are; 1 to 2 is usual"}};
  }
  return {};
}

Found dropped_units(const Evidence& e) {
  if (e.has_learned_much()) return {};
  for (const LayerSpec& layer : e.experiment.model.layers) {
    const std::optional<double> rate = number_in(layer.layer, "rate");
    const auto node = std::ranges::find(e.graph.nodes, layer.name, &Node::name);
    const bool of_data = node != e.graph.nodes.end() &&
                         std::ranges::find(node->inputs, data_input) != node->inputs.end();
    if (std::string_view(layer.layer.plugin->name) != "dropout" ||
        rate.value_or(0) < strong_dropout - (of_data ? strong_dropout - strong_input_dropout : 0))
      continue;
    return Illness{"dropout",
                   Confidence::likely,
                   {.what = layer.name + (*rate < strong_dropout
                                              ? " drops most of what the data say"
                                              : " drops nearly all that the layers behind it are "
                                                "to see"),
                    .place = place_of(e, "model.layers." + layer.name + ".rate"),
                    .hint = "write rate: 0.5 at most, 0.2 as a start",
                    .note = "its rate is " + number_text(*rate)}};
  }
  return {};
}

Found held_down(const Evidence& e) {
  const ShrunkLayer shrunk = most_shrunk_layer(e);
  if (!shrunk.layer || shrunk.weights->growth >= shrunk_weights || e.has_learned_much() ||
      !e.more_can_be_learnt())
    return {};
  return Illness{"regularizer",
                 Confidence::likely,
                 {.what = shrunk.layer->regularizer.plugin->name + " holds the weights of " +
                          shrunk.layer->name + " down to nothing",
                  .place = e.experiment.written->place_in_layer(shrunk.layer->name, "regularizer"),
                  .hint = "make its rate smaller, by a factor of 100, say",
                  .note = shrunk_text(e, *shrunk.weights)}};
}

/// What the optimizer itself takes off.
Found decayed_weights(const Evidence& e) {
  const Use& optimizer = e.experiment.train.optimizer.use;
  const std::optional<double> decay = number_in(optimizer, "weight_decay");
  if (!decay || *decay == 0 || e.has_learned_much() || !e.more_can_be_learnt()) return {};
  for (const BlockMove& move : e.course.moves)
    if (move.is_weights && move.learns && move.growth < shrunk_weights)
      return Illness{"weight_decay",
                     Confidence::likely,
                     {.what = "weight_decay of " + std::string(optimizer.plugin->name) +
                              " holds the weights down to nothing",
                      .place = place_of(e, "train.optimizer.weight_decay"),
                      .hint = "make it smaller, by a factor of 100, say, or leave it out",
                      .note = "it is " + number_text(*decay) + "; " + shrunk_text(e, move)}};
  return {};
}

/// A layer that normalizes by the batch, where a batch is a few examples.
Found few_to_normalize(const Evidence& e) {
  const std::size_t rows =
      std::min(e.experiment.train.batch_size, e.trainer.data().examples[NNRUN_TRAIN]);
  if (rows >= fewest_to_normalize || rows < 2 || e.has_learned_much()) return {};
  for (const Node& node : e.graph.nodes) {
    // along a sequence or an image, each example gives many numbers
    if (!node.couples_rows() || node.plan.out.rank != 1) continue;
    return Illness{"batch_size",
                   Confidence::possible,
                   {.what = node.name + " normalizes by the averages of " + std::to_string(rows) +
                            " examples, which are mostly chance",
                    .place = place_of(e, "train.batch_size"),
                    .hint = "write batch_size: 32, say, or layer_norm, which needs no batch"}};
  }
  return {};
}

constexpr IllnessRule layer_rules[] = {
    flat_activation,  dead_layers, saturated_layers, vanishing_slopes,
    exploding_slopes, large_start, few_to_normalize,
};

// of these, a rate that would do better is what follows
constexpr IllnessRule restraint_rules[] = {dropped_units, held_down, decayed_weights};

}  // namespace

std::vector<Illness> illnesses_of_restraints(const Evidence& evidence) {
  return found_by(restraint_rules, evidence);
}

std::vector<Illness> illnesses_of_layers(const Evidence& evidence) {
  return found_by(layer_rules, evidence);
}

}  // namespace nnrun::host
