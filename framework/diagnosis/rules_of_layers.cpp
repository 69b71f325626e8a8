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
  constexpr std::size_t n = 64;  // from 1e-6 to 8 on both sides: a steep one has its slope near 0
  Buffer<double> z(n), a(n), da(n), dz(n);
  for (std::size_t i = 0; i < n; ++i)
    z.data()[i] = (i % 2 == 0 ? 8 : -8) * std::pow(10., -7. * static_cast<double>(i) / n);
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

/// An activation that no slope comes through where its layer's outputs are, though elsewhere it has
/// one, and whose limits are not known.
Found steep_activation(const Evidence& e) {
  if (e.has_learned_much()) return {};
  for (std::size_t k = 0; k < e.course.layers.size(); ++k) {
    const LayerLook &now = e.course.layers[k], &before = e.course.layers_at_start[k];
    const Node& node = *now.picture.node;
    if (e.is_output(now) || now.without_slope < saturated_outputs || !node.activation ||
        has_no_slope(node.activation))
      continue;
    const nnrun_range range =
        declared(node.activation.functions<nnrun_activation>(), &nnrun_activation::outputs);
    if (range.low < range.high) continue;
    return Illness{
        "no_slope",
        Confidence::likely,
        {.what = "the slope of " + activation_of(node) + " is 0 at " +
                 percent_text(now.without_slope) + " of what " + node.name + " gives it, so " +
                 node.name + " hardly learns",
         .place = place_in(e, node, "activation"),
         .hint = "make it less steep, write activation: tanh or relu, or scale what it takes",
         .note = "at the start it was " + percent_text(before.without_slope)}};
  }
  return {};
}

/// Returns whether the start that would suit a layer is the one that it has.
bool has_better_start(const Node& node) {
  return node.init && better_start(node, "init") ==
                          "write init: " + std::string(node.init.plugin->name) + " in " + node.name;
}

/// Returns whether inputs that are not scaled are why a layer begins at its limits.
bool is_lost_in_inputs(const Evidence& e, const Node& node) {
  return std::ranges::find(node.inputs, data_input) != node.inputs.end() &&
         std::ranges::any_of(e.sample.columns,
                             [](const SampleColumn& c) { return c.size > large_input; });
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
    // that is said of the inputs, or of the targets
    if (from_start ? has_better_start(node) && is_lost_in_inputs(e, node) : targets_are_far(e))
      return {};
    return Illness{
        "saturated_units",
        Confidence::likely,
        {.what = percent_text(now.picture.saturated) + " of the outputs of " + node.name +
                 " are at a limit of " + activation_of(node) + ", where its slope is all but 0",
         .place = from_start ? place_in(e, node, "init") : rate_place(e),
         .hint = !from_start ? smaller_rate(e.course.rate)
                 : has_better_start(node)
                     ? "write bias_init: zeros in " + node.name + ", and scale the inputs"
                     : better_start(node, "init") + " and bias_init: zeros, and scale the inputs",
         .note = from_start ? "it began so: " + percent_text(before.picture.saturated)
                            : "at the start it was " + percent_text(before.picture.saturated)}};
  }
  return {};
}

/// Returns whether a hidden layer gave nothing from the start.
bool begins_dead(const Evidence& e) {
  return std::ranges::any_of(e.course.layers_at_start, [&](const LayerLook& layer) {
    return !e.is_output(layer) && layer.picture.dead >= 1;
  });
}

/// Returns whether a hidden layer is at the limits of its activation, which is said of it or of
/// what it is given.
bool at_limits(const Evidence& e) {
  return std::ranges::any_of(e.course.layers, [&](const LayerLook& layer) {
    return !e.is_output(layer) && layer.picture.saturated >= saturated_outputs;
  });
}

/// Slopes that are lost on their way to the first layer, which stays as it was drawn; or, by steps
/// that do not go by the size of slopes, is moved by what says nothing.
Found vanishing_slopes(const Evidence& e) {
  const auto [first, last] = ends_of(e.course.layers_at_start);
  if (!first || first == last || !(last->slope_size > 0) || e.has_learned_much()) return {};
  if (begins_dead(e) || at_limits(e) || flat_activation(e) || steep_activation(e))
    return {};  // which is why
  const Node& node = *first->picture.node;
  const double moved = moved_by_run(e, node), left = first->slope_size / last->slope_size,
               learned = e.course.learned_at_own_rate();
  const bool is_seen = e.course.is_over || e.course.is_recorded ||
                       (e.course.steps >= fewest_steps_to_judge && left <= no_word_left),
             is_lost = (left <= weak_slope && learned < learned_something) ||
                       (left <= lost_slope && learned < learned_little),
             stands_still = left <= lost_slope && moved <= still_layer,
             tells_nothing = is_lost && is_seen && e.more_can_be_learnt();
  if (!stands_still && !tells_nothing) return {};
  const bool is_small = std::ranges::any_of(e.course.moves, [](const BlockMove& move) {
    return move.is_weights && move.learns && move.gain < small_gain;
  });
  return Illness{
      "vanishing_slopes",
      Confidence::likely,
      {.what = "slopes vanish on their way back: " + node.name +
               (stands_still ? " hardly learns"
                             : " is told next to nothing of what the cost is made of"),
       .place = place_in(e, node, is_small ? "init" : "activation"),
       .hint = is_small ? better_start(node, "init") + " and the layers behind it"
               : activation_of(node) == "relu"
                   ? "take fewer layers, or batch_norm between them"
                   : "take fewer layers: one or two hidden ones, or write activation: "
                     "relu and init: he_normal in them, which passes slopes on, or "
                     "batch_norm between them",
       .note = slopes_text(e.course.layers_at_start) +
               (stands_still ? "; at this pace the whole run moves the weights of " + node.name +
                                   " by " + percent_text(moved) + " of their size"
                             : "")}};
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

/// Returns whether biases, which usually begin with zeros, keep a layer at its limit.
bool begins_below(const Evidence& e, const Node& node) {
  return std::ranges::any_of(e.course.moves, [&](const BlockMove& move) {
    return &e.graph.nodes[move.node] == &node && !move.is_weights && move.size > 1;
  });
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
  if (from_start && has_better_start(node) && !begins_below(e, node))
    return "its start is the usual one: write more units, or another activation: leaky_relu or "
           "tanh";
  return from_start && has_better_start(node) ? "write bias_init: zeros in " + node.name
         : from_start                         ? start + " and bias_init: zeros"
                      : smaller_rate(e.course.rate) + ", or another activation: leaky_relu";
}

Found dead_layers(const Evidence& e) {
  for (std::size_t k = 0; k < e.course.layers.size(); ++k) {
    const LayerLook &now = e.course.layers[k], &before = e.course.layers_at_start[k];
    const bool from_start = before.picture.dead >= dead_units;
    if (!is_ill(e, now) || (!from_start && vanishing_slopes(e))) continue;
    const Node& node = *now.picture.node;
    return Illness{
        "dead_units",
        // what died on the way did so of something
        now.picture.dead >= 1 && from_start ? Confidence::certain : Confidence::likely,
        {.what = percent_text(now.picture.dead) + " of the units of " + node.name + " are dead: " +
                 activation_of(node) + " gives 0 for every example, and so is its slope",
         .place = e.is_output(now) ? place_in(e, node, "activation")
                  : from_start     ? place_in(e, node, begins_below(e, node) ? "bias_init" : "init")
                                   : rate_place(e),
         .hint = help_for_dead(e, now, from_start),
         .note = "at the start it was " + percent_text(before.picture.dead)}};
  }
  return {};
}

/// Sums of inputs that are far larger than the inputs, where nothing else shows what that does.
Found large_start(const Evidence& e) {
  if (e.course.learned() >= learned_nearly_all || saturated_layers(e) || exploding_slopes(e) ||
      e.experiment.model.weights.is_given())
    return {};
  const auto large_ones = std::ranges::count_if(e.course.moves, [](const BlockMove& move) {
    return move.is_weights && move.learns && move.gain >= gain_of_far_start;
  });
  for (const BlockMove& move : e.course.moves) {
    const Node& node = e.graph.nodes[move.node];
    const bool is_large = move.gain >= large_gain && !e.has_learned_much(),
               was_drawn_large = move.size >= large_weights && move.gain >= 2 * large_weights,
               begins_far = e.course.means &&
                            e.course.start > start_beyond_means * *e.course.means &&
                            move.gain >= gain_of_far_start;
    if (!move.is_weights || !move.learns || !node.init ||
        !(is_large || was_drawn_large || begins_far))
      continue;
    return Illness{"large_start",
                   Confidence::likely,
                   {.what = "the weights of " + node.name + " are far too large at the start",
                    .place = place_in(e, node, "init"),
                    .hint = better_start(node, "init") +
                            (large_ones > 1 ? ", and so in the layers behind it" : ""),
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

/// An output that starts where its answer is the same for all, and as wrong as can be for most.
Found far_output(const Evidence& e) {
  const Course& c = e.course;
  const LayerLook& look = *std::ranges::find_if(
      c.layers_at_start, [&](const LayerLook& layer) { return e.is_output(layer); });
  if (e.has_learned_much() || e.sample.classes.count == 0 || !c.means ||
      !(c.start > far_start * *c.means) || look.picture.saturated < saturated_outputs)
    return {};
  const Node& node = *look.picture.node;
  return Illness{
      "saturated_units",
      Confidence::likely,
      {.what = percent_text(look.picture.saturated) + " of the outputs of " + node.name +
               " begin at a limit of " + activation_of(node) +
               ", sure of answers that are wrong: most of the run goes back from there",
       .place = place_in(e, node, begins_below(e, node) ? "bias_init" : "init"),
       .hint = begins_below(e, node) ? "write bias_init: zeros in " + node.name
                                     : better_start(node, "init"),
       .note = "the cost begins at " + number_text(c.start) +
               ", the mean of the targets as the answer costs " + number_text(*c.means)}};
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
  // what a step sees of the cost, beside what the same network costs with averages of many batches
  const std::vector<EpochReport>& epochs = e.course.epochs;
  const bool is_noisy =
      !epochs.empty() && e.course.end > 0 && epochs.back().train.cost > much_noise * e.course.end;
  if (rows >= fewest_to_normalize || rows < 2 || (e.has_learned_much() && !is_noisy)) return {};
  for (const Node& node : e.graph.nodes) {
    // along a sequence or an image, each example gives many numbers
    if (!node.couples_rows() || node.plan.out.rank != 1) continue;
    return Illness{
        "batch_size",
        is_noisy ? Confidence::likely : Confidence::possible,
        {.what = node.name + " normalizes by the averages of " + std::to_string(rows) +
                 " examples, which are mostly chance",
         .place = place_of(e, "train.batch_size"),
         .hint = "write batch_size: 32, say, or layer_norm, which needs no batch",
         .note = is_noisy ? "by those, the training examples cost " +
                                number_text(epochs.back().train.cost) +
                                "; by averages of many batches " + number_text(e.course.end)
                          : std::string()}};
  }
  return {};
}

/// A layer that gives the same whatever it is given: one that normalizes a single number, say.
Found empty_layer(const Evidence& e) {
  for (std::size_t k = 0; k < e.course.layers.size(); ++k) {
    const LayerLook& now = e.course.layers[k];
    const Node& node = *now.picture.node;
    const bool sees = std::ranges::all_of(node.inputs, [&](int i) {
      return i == data_input || !e.course.layers_at_start[static_cast<std::size_t>(i)].rows_alike;
    });
    const std::span blocks(node.plan.blocks, node.plan.n_blocks);
    const bool has_weights = std::ranges::any_of(
                   blocks, [](const nnrun_block&b) { return b.role == NNRUN_WEIGHTS; }),
               is_of_one = node.plan.out.sizes[node.plan.out.rank - 1] == 1;
    if (!now.rows_alike || !e.course.layers_at_start[k].rows_alike || !sees || node.activation ||
        has_weights)
      continue;
    return Illness{
        "constant_layer",
        Confidence::certain,
        {.what = node.name + " gives the same for every example" +
                 (is_of_one ? ": of a single number that it normalizes, nothing is left"
                            : ", whatever it is given"),
         .place = place_of(e, "model.layers." + node.name),
         .hint = "remove it, or put it before the last layer, where there are several numbers"}};
  }
  return {};
}

constexpr IllnessRule layer_rules[] = {
    empty_layer,      flat_activation,  steep_activation, dead_layers,      saturated_layers,
    vanishing_slopes, exploding_slopes, large_start,      few_to_normalize,
};

// of these, a rate that would do better is what follows
constexpr IllnessRule restraint_rules[] = {dropped_units, held_down, decayed_weights, far_output,
                                           signs_of_batches};

}  // namespace

Found signs_of_batches(const Evidence& e) {
  const std::size_t batch = e.experiment.train.batch_size,
                    examples = e.trainer.data().examples[NNRUN_TRAIN];
  const std::string name = e.experiment.train.optimizer.use.plugin->name;
  if (name != "rprop" || batch >= examples || e.has_learned_much()) return {};
  return Illness{
      "batch_size",
      Confidence::likely,
      {.what =
           name + " goes by the signs of slopes alone, and from batch to batch chance turns them",
       .place = place_of(e, "train.batch_size"),
       .hint =
           "write batch_size: " + std::to_string(examples) + ", all examples, or optimizer: adam",
       .note = "batches of " + std::to_string(batch) + " of " + std::to_string(examples) +
               " examples"}};
}

std::vector<Illness> illnesses_of_restraints(const Evidence& evidence) {
  return found_by(restraint_rules, evidence);
}

std::vector<Illness> illnesses_of_layers(const Evidence& evidence) {
  return found_by(layer_rules, evidence);
}

}  // namespace nnrun::host
