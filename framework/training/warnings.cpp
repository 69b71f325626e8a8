#include "training/warnings.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <ranges>

#include "base/shown_text.hpp"
#include "base/text.hpp"
#include "config/flow_yaml.hpp"
#include "loading/formula_text.hpp"
#include "network/joined_cost.hpp"
#include "network/taken_blocks.hpp"
#include "training/data_parts.hpp"
#include "training/declared_numbers.hpp"
#include "training/mask_warnings.hpp"
#include "training/steps_ahead.hpp"
#include "training/target_words.hpp"
namespace nnrun::host {
namespace {

/// Returns the layer whose activation gives what lies on one side of 0 to the output's activation,
/// which gives shares and takes scores below and above 0; or nullptr.
const Node* cut_before(const Graph& graph) {
  const Node& output = graph.output();
  if (!output.activation || output.plan.n_parameters > 0 || output.inputs.size() != 1 ||
      output.inputs[0] == data_input)
    return nullptr;
  const Node& before = graph.nodes[static_cast<std::size_t>(output.inputs[0])];
  const nnrun_range last = range_of(output), range = range_of(before);
  const bool gives_shares = last.low == 0 && last.high == 1,
             is_cut = is_known(range) && (range.low >= 0 || range.high <= 0);
  return gives_shares && is_cut ? &before : nullptr;
}

/// What the rules read.
struct Facts {
  const std::vector<Use>& metrics;
  CostFacts cost;
  ActivationFacts activation;  // of the output
  bool unbounded_layer;        // the output layer's own outputs have no bounds
  bool ignores_zeros;          // an output costs nothing where its target is 0, and some are
  bool stays_within;           // a formula that is lowest within the range of the outputs
  bool joined;                 // the cost is worked out from what the activation takes
  std::size_t outputs;
  nnrun_range targets, units;  // as the cost sees them; as the data have them
  bool is_scaled;              // these are not the same
  std::uint32_t kind;          // of targets
  bool shares;                 // of targets: from 0 to 1, not yes and no alone
  std::string as_classes;      // what makes classes of targets that are few whole numbers
  const std::optional<OddTarget>& odd_target;
  const std::vector<std::string>&target_names, &classes;
  std::size_t left_out;  // rows without a target or another value
  Place cost_place, output_place, data_place, input_place;
  const Node* coupled;  // the first layer that compares the examples of a batch
  const nnrun_shape& target;
  const std::vector<LayerSpec>& layers;
  const Node* parted;  // its activation belongs to the cost, but layers stand between
  const Graph& graph;
  const WeightsSpec& weights;
  const WrittenKeys& written;
  std::size_t batch_rows, examples;
  std::optional<double> same_target;  // of all rows, in the units of the data
  bool targets_are_sound;             // no slip of the hand makes them large
};

std::string or_classes(const Facts& f) {
  const bool are_signs = f.targets.high == 1 && (f.targets.low == 0 || f.targets.low == -1);
  return f.as_classes.empty() || are_signs
             ? ""
             : "\nif the target holds classes, write " + f.as_classes + " in data";
}

/// Returns whether the outputs share 1 among the classes of all steps, where each step has a target
/// of its own.
bool answers_all_steps_at_once(const Facts& f) {
  return f.activation.sums_to_one && f.kind == NNRUN_LABELS && f.target.rank == 2 &&
         f.target.sizes[0] > 1 && f.graph.output().plan.out.rank == 1;
}

/// Returns the last layer that gives what it made of the last step alone, though it could give that
/// of all steps; or nullptr.
const LayerSpec* last_step_of(const Facts& f) {
  for (const LayerSpec& layer : std::views::reverse(f.layers))
    if (has_flag(layer.layer, "return_sequences", false)) return &layer;
  return nullptr;
}

/// Returns the first frozen layer that has parameters.
const Node* frozen_node(const Graph& graph) {
  const auto found = std::ranges::find_if(
      graph.nodes, [](const Node& node) { return node.frozen && node.plan.n_parameters > 0; });
  return found == graph.nodes.end() ? nullptr : &*found;
}

/// Returns where it says that a layer does not learn.
Place place_of_freezing(const WrittenKeys& written, const Node& node) {
  const std::string layer = "model.layers." + node.name;
  if (const Place* const frozen = written.find(layer + ".frozen")) return *frozen;
  return written.place_of(layer + ".learning_rate_factor");
}

/// Returns the smallest and largest target of all parts in the units of the data.
nnrun_range units_of(const Trainer& trainer) {
  nnrun_range all{unbounded, -unbounded};
  for (const auto& [low, high] : trainer.targets().ranges)
    all = {std::min(all.low, low), std::max(all.high, high)};
  return all;
}

/// Returns whether every unit of a layer sees all numbers of another one's output, which has
/// several axes: elsewhere it would see those of the last axis, at each place.
bool takes_in_one_row(const Node& node) {
  if (node.inputs.size() != 1 || node.inputs[0] == data_input || node.plan.n_blocks == 0)
    return false;
  const nnrun_shape &in = node.in_shapes[0], &out = node.plan.out;
  const nnrun_block& weights = node.plan.blocks[0];
  const std::size_t all = size_of(in);
  return in.rank > 1 && out.rank == 1 && all > in.sizes[in.rank - 1] &&
         weights.role == NNRUN_WEIGHTS && weights.fan_in == all;
}

/// Returns whether images whose channels come first seem to be read as if they came last: they
/// would have more channels than are usual, and hardly any height. A signal as an image of height 1
/// is longer than it has channels.
bool seems_turned(const Graph& graph) {
  const nnrun_shape& in = graph.input;
  const auto [least, most] = std::minmax(in.sizes[1], in.sizes[2]);
  const bool first =
      in.rank == 3 && (in.sizes[0] == 1 || in.sizes[0] == 3) && least >= 8 && most < 2 * least;
  const Node& node = graph.nodes.front();
  return first && node.inputs == std::vector<int>{data_input} && node.plan.out.rank == 3;
}

/// Returns whether a layer gives sums of all of its inputs and nothing else, and learns them.
bool is_linear(const Node& node) {
  if ((node.functions().flags & NNRUN_UNITS) == 0 || node.inputs.size() != 1 || !node.learns() ||
      node.plan.n_blocks == 0 || node.in_shapes[0].rank != 1)
    return false;
  const nnrun_block& weights = node.plan.blocks[0];
  const std::size_t in = size_of(node.in_shapes[0]);
  return weights.role == NNRUN_WEIGHTS && weights.fan_in == in &&
         size_of(weights.shape) == in * node.cols;
}

/// Returns whether a layer only changes its input by chance while it trains, as dropout does.
bool is_noise(const Node& node) {
  return node.plan.noise_per_row > 0 && node.plan.n_parameters == 0 && !node.activation &&
         node.inputs.size() == 1;
}

/// Two layers, the first of which has no activation and is not narrower than what it stands
/// between, so that one layer says all that both do. A narrow one is a bottleneck, as some want.
struct NeedlessPair {
  const Node *first, *second;
};
std::optional<NeedlessPair> needless_pair(const Graph& graph) {
  std::vector<std::size_t> readers(graph.nodes.size());
  for (const Node& node : graph.nodes)
    for (const int i : node.inputs)
      if (i != data_input) ++readers[static_cast<std::size_t>(i)];
  for (const Node& second : graph.nodes) {
    if (!is_linear(second)) continue;
    int at = second.inputs[0];
    while (at != data_input && is_noise(graph.nodes[static_cast<std::size_t>(at)]) &&
           readers[static_cast<std::size_t>(at)] == 1)
      at = graph.nodes[static_cast<std::size_t>(at)].inputs[0];
    if (at == data_input || readers[static_cast<std::size_t>(at)] != 1) continue;
    const Node& first = graph.nodes[static_cast<std::size_t>(at)];
    if (is_linear(first) && !first.activation &&
        first.cols >= std::min(size_of(first.in_shapes[0]), second.cols))
      return NeedlessPair{&first, &second};
  }
  return {};
}

/// Of a metric of yes and no, where targets are anything between.
Problem not_yes_or_no(const Use& metric, const OddTarget& odd) {
  const std::string where = odd.place.empty() ? "" : " (" + odd.place + ")";
  return {.what = metric.plugin->name + " is of yes and no, but " +
                  readable(static_cast<double>(odd.odd_rows)) + " of " +
                  readable(static_cast<double>(odd.rows)) +
                  " rows have a target that is neither: the first is " + significant(odd.value, 6) +
                  where,
          .place = metric.place,
          .hint = "write mean_absolute_error or r2, or mend these rows: yes is 1, no is 0"};
}

using Rule = std::optional<Problem> (*)(const Facts&);

constexpr Rule rules[] = {
    [](const Facts& f) -> std::optional<Problem> {
      if (!seems_turned(f.graph)) return {};
      const nnrun_shape& in = f.graph.input;
      const auto size = [&](int i) { return std::to_string(in.sizes[i]); };
      return Problem{.what = "images of height " + size(0) + " with " + size(2) +
                             " channels: the axes are height x width x channels",
                     .place = f.input_place.source ? f.input_place : f.data_place,
                     .hint = "if channels come first, as in PyTorch, write input: [" + size(1) +
                             ", " + size(2) + ", " + size(0) +
                             "] and turn the array: np.moveaxis(x, 1, -1)"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!f.odd_target || !f.odd_target->is_rare() || (f.kind != NNRUN_NUMBERS && !f.shares))
        return {};
      const OddTarget& odd = *f.odd_target;
      const auto count = [](std::size_t n) { return readable(static_cast<double>(n)); };
      return Problem{
          .what = "target " +
                  (odd.column < f.target_names.size() ? short_name(f.target_names[odd.column])
                                                      : std::to_string(odd.column + 1)) +
                  " is " + significant(odd.value, 6) + " here: " + count(odd.odd_rows) + " of " +
                  count(odd.rows) + " rows " + (odd.odd_rows == 1 ? "keeps" : "keep") +
                  " the targets from being " + (odd.among_signs ? "-1 or 1" : "0 or 1") +
                  ", yes or no, so they are " + (f.shares ? "shares" : "numbers"),
          .where = odd.place,
          .hint = std::string("mend or leave out such rows, unless the targets are ") +
                  (f.shares ? "shares" : "numbers")};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const bool is_class = f.classes.size() == 1;
      if (!is_class && (!f.same_target || !f.targets_are_sound)) return {};
      return Problem{
          .what = (is_class ? "the target is '" + f.classes[0] + "'"
                            : (f.outputs == 1 ? "the target is " : "every target is ") +
                                  shortest(*f.same_target)) +
                  " in every row: any network that always says so is right",
          .place = f.data_place,
          .hint = f.left_out > 0
                      ? "if the field is empty where the answer is no, write no there: " +
                            readable(static_cast<double>(f.left_out)) +
                            " rows without a target are left out"
                      : std::string("bring rows of other ") + (is_class ? "classes" : "targets")};
    },
    // the share of a single number is the whole
    [](const Facts& f) -> std::optional<Problem> {
      if (!f.activation.sums_to_one || f.graph.output().activation_cols != 1) return {};
      return Problem{
          .what = f.activation.name + " of one unit is always 1, so nothing can be learnt",
          .place = f.output_place,
          .hint =
              "write activation: sigmoid, or give the last layer a unit per class" + or_classes(f)};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const nnrun_range& range = f.activation.outputs;  // of others, the rules below tell
      if (!f.ignores_zeros || !f.activation.is_elementwise || f.cost.joins || !is_known(range) ||
          (is_known(f.cost.outputs) && !contains(f.cost.outputs, range)))
        return {};
      if (f.outputs == 1)
        return Problem{
            .what = f.cost.name +
                    " of one output costs the same for every answer where the target is 0, so it "
                    "learns to say 1",
            .place = f.cost_place,
            .hint =
                "write cost: binary_cross_entropy, or give the last layer a unit per class and "
                "activation: softmax"};
      return Problem{.what = f.cost.name + " looks at the right class alone, and outputs of " +
                             f.activation.name +
                             " do not share what there is, so all of them learn to say 1",
                     .place = f.output_place,
                     .hint = std::string(f.kind == NNRUN_ONE_HOT
                                             ? "write activation: softmax in the last layer, or "
                                             : "write ") +
                             "cost: binary_cross_entropy"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!f.cost.joins || f.activation.name.empty() || f.activation.name != f.cost.fitting)
        return {};
      return Problem{
          .what = f.activation.name + " is applied twice: it is part of " + f.cost.name + " with " +
                  f.cost.joined_by,
          .place = f.output_place,
          .hint = "write activation: none in the last layer, or " + f.cost.joined_by + ": false"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const Node* const before = cut_before(f.graph);
      if (before == nullptr) return {};
      const nnrun_range range = range_of(*before);
      const std::string name = before->activation.plugin().name;
      return Problem{
          .what = range.high == 1
                      ? f.activation.name + " takes what " + name + " of " + before->name +
                            " gives, from 0 to 1, so its outputs stay near each other"
                      : f.activation.name + " takes scores below and above 0, but those of " +
                            name + " of " + before->name + " lie " + range_text(range),
          .place = f.output_place,
          .hint = "write activation: none in " + before->name};
    },
    // a sigmoid of scores from 0 on never says no, and of bounded ones is never sure; softmax tells
    // by differences, but relu stops where no class is above 0
    [](const Facts& f) -> std::optional<Problem> {
      const nnrun_range& range = f.activation.outputs;
      if (!f.cost.joins || f.activation.name == f.cost.fitting || !is_known(range)) return {};
      const bool one_sided = range.low >= 0 || range.high <= 0,
                 bounded = std::isfinite(range.low) && std::isfinite(range.high),
                 half = std::isfinite(range.low) || std::isfinite(range.high);
      if (!one_sided && !bounded && !(half && f.cost.fitting == "sigmoid")) return {};
      return Problem{.what = f.cost.name + " with " + f.cost.joined_by +
                             " takes scores below and above 0, of any size, but those of " +
                             f.activation.name + " lie " + range_text(range),
                     .place = f.output_place,
                     .hint = "write activation: none in the last layer"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (f.parted == nullptr || is_noise(f.graph.output())) return {};
      const std::string& name = f.parted->activation.plugin().name;
      return Problem{.what = name + " and " + f.cost.name +
                             " are not worked out as one, since layers stand between: the network "
                             "stops learning where an output rounds to 0 or 1",
                     .place = f.output_place,
                     .hint = f.parted->activation_cols == f.outputs
                                 ? "write activation: none in " + f.parted->name +
                                       ", and activation: " + name + " in the last layer"
                                 : "remove the layers behind " + f.parted->name};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!is_known(f.cost.outputs) || f.cost.joins || f.joined) return {};
      const bool linear = f.activation.name.empty() && f.unbounded_layer;
      const nnrun_range& range = f.activation.outputs;
      if (!linear && (!is_known(range) || contains(f.cost.outputs, range))) return {};
      return Problem{
          .what = f.cost.name + " takes outputs " + range_text(f.cost.outputs) + ", but " +
                  (linear ? "the last layer has no activation"
                          : "those of " + f.activation.name + " lie " + range_text(range)),
          .place = f.output_place,
          .hint = fitting_output(f.cost)};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const nnrun_range& takes = f.cost.targets;
      if (!is_known(takes) || contains(takes, f.targets)) return {};
      const bool open = takes.low == -unbounded || takes.high == unbounded;
      return Problem{
          .what = f.cost.name + " takes targets " + range_text(takes) + ", but these lie " +
                  (f.is_scaled ? rounded_range_text(f.targets) : range_text(f.targets)),
          .place = f.cost_place,
          .hint = f.is_scaled && contains(takes, f.units)
                      ? "remove target_scale from data: the targets of the file fit"
                      : "write targets " +
                            (open ? range_text(takes)
                                  : "of " + shortest(takes.low) + " and " + shortest(takes.high)) +
                            ", or another cost: mean_squared_error, say" + or_classes(f)};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!f.cost.signs || f.targets.low < 0 || (f.cost.zeros_too && f.kind != NNRUN_NUMBERS))
        return {};
      return Problem{.what = f.cost.name + " takes targets of -1 and 1, but these lie " +
                             range_text(f.targets),
                     .place = f.cost_place,
                     .hint = "write targets of -1 and 1, or cost: binary_cross_entropy"};
    },
    // one of signs is lowest where outputs have those of the targets, and go beyond 1
    [](const Facts& f) -> std::optional<Problem> {
      const nnrun_range& range = f.activation.outputs;
      if (!f.cost.signs || f.cost.joins || !is_known(range) ||
          !(range.low >= 0 || range.high <= 0) || !contains(range, f.targets))
        return {};
      return Problem{.what = f.cost.name +
                             " takes scores below 0 for no and above for yes, but those "
                             "of " +
                             f.activation.name + " lie " + range_text(range),
                     .place = f.output_place,
                     .hint = "write activation: none in the last layer"};
    },
    // a class that says nothing of its outputs, such as a formula
    [](const Facts& f) -> std::optional<Problem> {
      const nnrun_range& range = f.activation.signs;
      if (f.ignores_zeros || f.cost.joins || is_known(f.cost.outputs) || !is_known(range) ||
          f.kind != NNRUN_NUMBERS || contains(range, f.targets))
        return {};
      return Problem{
          .what = "the outputs of " + f.activation.name + " are " +
                  (range.low == 0 ? "never below 0" : "never above 0") + ", but targets lie " +
                  (f.is_scaled ? rounded_range_text(f.targets) : range_text(f.targets)),
          .place = f.output_place,
          .hint = std::string("write activation: none in the last layer") +
                  (f.is_scaled && contains(range, f.units) ? ", or remove target_scale from data"
                                                           : "")};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const nnrun_range& range = f.activation.outputs;
      // a cost that looks at the right class alone does not compare outputs with targets
      if (f.ignores_zeros || f.stays_within || is_known(f.cost.outputs) || !is_known(range) ||
          contains(range, f.targets))
        return {};
      const bool signs = contains({-1, 1}, f.targets);
      return Problem{.what = "the outputs of " + f.activation.name + " lie " + range_text(range) +
                             ", but targets " + range_text(f.targets),
                     .place = f.output_place,
                     .hint = std::string("write activation: ") + (signs ? "tanh" : "none") +
                             " in the last layer"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const nnrun_range& range = f.activation.outputs;
      if (!f.targets_are_sound || f.kind != NNRUN_NUMBERS || f.weights.is_given() ||
          !is_far_from_start(f.targets) ||
          (is_known(range) ? range.high != unbounded : !f.unbounded_layer))
        return {};
      return Problem{.what = "targets lie from " + readable(f.units.low) + " to " +
                             readable(f.units.high) +
                             ", but a network begins with outputs near 0, about 1 apart: it may "
                             "never get there",
                     .place = f.data_place,
                     .hint =
                         "write target_scale: standard in data: it is undone in answers and "
                         "metrics"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (f.coupled == nullptr || (f.batch_rows > 1 && f.examples % f.batch_rows != 1)) return {};
      const std::string& layer = f.coupled->layer.plugin().name;
      const std::string rest = " learns nothing from a batch of one example";
      return Problem{
          .what = f.batch_rows == 1
                      ? layer + rest
                      : "the last batch of an epoch has one example, and " + layer + rest,
          .place = f.coupled->place,
          .hint = f.batch_rows == 1
                      ? "write train.batch_size: 32, say, or layer_norm, which needs no batch"
                      : "write another train.batch_size: " + std::to_string(f.examples) +
                            " examples are one more than batches of " +
                            std::to_string(f.batch_rows) + " hold"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const auto found = std::ranges::find_if(f.graph.nodes, takes_in_one_row);
      if (found == f.graph.nodes.end()) return {};
      const nnrun_shape& in = found->in_shapes[0];
      return Problem{
          .what = "each unit of " + found->name + " sees all " + host::text_of(in) +
                  " numbers, not " + std::to_string(in.sizes[in.rank - 1]) +
                  " at each place, as in Keras and PyTorch",
          .place = found->place,
          .hint = "put {type: flatten} before it if that is meant, else write axis: last"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const Node* const frozen = frozen_node(f.graph);
      if (frozen == nullptr || f.graph.output().has_slope) return {};
      return Problem{.what = "every layer with parameters is frozen, so nothing is learnt",
                     .place = place_of_freezing(f.written, *frozen),
                     .hint = "remove 'frozen' from the layers that are to learn"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      for (const Node& node : f.graph.nodes)
        if (node.frozen && node.plan.n_parameters > 0 && !is_taken(f.weights, node.name))
          return Problem{
              .what = node.name +
                      " is frozen with the numbers that it began with, which nothing has trained",
              .place = place_of_freezing(f.written, node),
              .hint = "take those of another run: write model: {weights: RUN}"};
      return {};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const Node& last = f.graph.output();
      if (!is_noise(last)) return {};
      return Problem{.what = last.name +
                             " is the last layer: while it trains, answers are changed by chance "
                             "before they are compared with the targets",
                     .place = f.written.place_of("model.layers." + last.name),
                     .hint = "put it before the last layer that learns"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const std::optional<NeedlessPair> pair = needless_pair(f.graph);
      if (!pair) return {};
      const std::string& name = pair->first->name;
      return Problem{.what = name + " has no activation, so " + name + " and " +
                             pair->second->name + " together say no more than one layer",
                     .place = f.written.place_of("model.layers." + name + ".activation"),
                     .hint = "write activation: relu or tanh in " + name + ", or leave it out"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!answers_all_steps_at_once(f)) return {};
      const nnrun_shape& target = f.target;
      const LayerSpec* const last = last_step_of(f);
      return Problem{
          .what = "the targets are " + std::to_string(target.sizes[0]) + " steps of " +
                  std::to_string(target.sizes[1]) + ", but the outputs of " + f.activation.name +
                  " add up to 1 over one row of " + std::to_string(f.outputs),
          .place = last ? f.written.place_in_layer(last->name, "return_sequences") : f.output_place,
          .hint = last ? "write return_sequences: true in " + last->name
                       : "put {type: reshape, shape: [" + std::to_string(target.sizes[0]) + ", " +
                             std::to_string(target.sizes[1]) +
                             "]} before the activation: {type: "
                             "activation, activation: " +
                             f.activation.name + "}"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!f.activation.sums_to_one || f.outputs == 1 || f.kind != NNRUN_LABELS ||
          answers_all_steps_at_once(f))
        return {};
      const nnrun_shape& out = f.graph.output().plan.out;
      if (f.target.rank == 2 && out.rank == 2 && out.sizes[1] == f.target.sizes[1])
        return Problem{.what =
                           "some steps have no class, such as those of padding: the cost leaves "
                           "them out, but metrics take every column for a yes or no",
                       .place = f.data_place,
                       .hint =
                           "give such steps a class of their own, and look at the others in "
                           "confusion_matrix; class_weights: [0, 1, ...] takes it out of the "
                           "cost"};
      return Problem{.what = "the outputs of " + f.activation.name +
                             " add up to 1, but rows of targets have several yes, or none",
                     .place = f.output_place,
                     .hint =
                         "write activation: sigmoid in the last layer and cost: "
                         "binary_cross_entropy, if each column is a yes or no of its own"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const std::size_t answers =
          f.graph.output().plan.out.sizes[f.graph.output().plan.out.rank - 1];
      for (const Use& metric : f.metrics) {
        const Value* const value = value_of(metric, "k");
        const auto* const k = value ? std::get_if<std::int64_t>(value) : nullptr;
        if (k == nullptr || *k < static_cast<std::int64_t>(answers) || answers < 2) continue;
        return Problem{.what = metric.plugin->name + " takes one of the " + std::to_string(*k) +
                               " largest outputs for right, but there are " +
                               std::to_string(answers) + ": each answer is",
                       .place = metric.place,
                       .hint = answers > 2 ? "write {type: " + metric.plugin->name + ", k: 2}, say"
                                           : "write accuracy"};
      }
      return {};
    },
    [](const Facts& f) -> std::optional<Problem> {
      for (const Use& metric : f.metrics) {
        const auto& table = functions_of<nnrun_metric>(*metric.plugin);
        const nnrun_range takes = declared(table, &nnrun_metric::targets);
        if (!is_known(takes)) continue;
        if (f.outputs > 1 && f.kind == NNRUN_NUMBERS)
          return Problem{.what = metric.plugin->name +
                                 " asks which class or label is right, but targets are numbers " +
                                 rounded_range_text(f.units),
                         .place = metric.place,
                         .hint = "write mean_absolute_error or r2"};
        const bool are_yes_or_no = f.kind != NNRUN_NUMBERS && (f.kind != NNRUN_LABELS || !f.shares);
        if (contains(takes, f.units) && f.odd_target && !f.odd_target->is_rare() && !are_yes_or_no)
          return not_yes_or_no(metric, *f.odd_target);
        if (f.outputs > 1 || contains(takes, f.units)) continue;
        const char* const asked = declared(table, &nnrun_metric::question);
        const std::string question = asked != nullptr ? asked : "";
        return Problem{
            .what = metric.plugin->name +
                    (question.empty() ? " takes targets " + range_text(takes) + ", but these lie "
                                      : " asks " + question + ", but targets lie ") +
                    rounded_range_text(f.units),
            .place = metric.place,
            .hint = "write mean_absolute_error or r2" + or_classes(f)};
      }
      return {};
    },
};

/// Settings of weights and biases, of layers that have none. One that is like that of a layer which
/// has them comes from the defaults, or from a record, which has all that there is.
void add_needless(const Graph& graph, const Experiment& experiment,
                  std::vector<Problem>& warnings) {
  struct Setting {
    const char* key;
    Use LayerSpec::*use;
    std::uint32_t role;
    const char* of;
  };
  constexpr Setting settings[] = {
      {"init", &LayerSpec::init, NNRUN_WEIGHTS, "weights"},
      {"regularizer", &LayerSpec::regularizer, NNRUN_WEIGHTS, "weights"},
      {"bias_init", &LayerSpec::bias_init, NNRUN_BIAS, "bias"},
      {"bias_regularizer", &LayerSpec::bias_regularizer, NNRUN_BIAS, "bias"}};
  const std::vector<LayerSpec>& layers = experiment.model.layers;
  const auto node_of = [&](const LayerSpec& layer) -> const Node& {
    return *std::ranges::find(graph.nodes, layer.name, &Node::name);
  };
  for (const Setting& setting : settings) {
    const auto has_it = [&](const LayerSpec& layer) {
      const nnrun_plan& plan = node_of(layer).plan;
      return std::ranges::any_of(
          std::span(plan.blocks, plan.n_blocks),
          [&](const nnrun_block& block) { return block.role == setting.role; });
    };
    if (std::ranges::none_of(layers, has_it)) continue;
    for (const LayerSpec& layer : layers) {
      const Place* const place =
          experiment.written->find("model.layers." + layer.name + "." + setting.key);
      const Use& own = layer.*setting.use;
      const auto is_like_it = [&](const LayerSpec& other) {
        const Use& use = other.*setting.use;
        return has_it(other) && use.plugin == own.plugin && use.settings == own.settings;
      };
      if (place == nullptr || has_it(layer) || std::ranges::any_of(layers, is_like_it)) continue;
      std::string names;
      const nnrun_plan& plan = node_of(layer).plan;
      for (const nnrun_block& block : std::span(plan.blocks, plan.n_blocks))
        names += std::string(names.empty() ? "" : " and ") + block.name;
      warnings.push_back({.what = std::string("'") + setting.key + "' of " + layer.name +
                                  " changes nothing: it is for " + setting.of +
                                  ", and the layer has " +
                                  (names.empty() ? "nothing that it learns" : names + " alone"),
                          .place = *place,
                          .hint = std::string("remove ") + setting.key});
    }
  }
}

/// Returns the first layer that couples rows each of which it takes as one example's features.
const Node* coupled_node(const Graph& graph) {
  const auto found = std::ranges::find_if(
      graph.nodes, [](const Node& node) { return node.couples_rows() && node.plan.out.rank == 1; });
  return found == graph.nodes.end() ? nullptr : &*found;
}

/// Returns how many numbers of float32 lie between two, these included, where it does not hold all
/// whole numbers any more; 0 where it does, and where there are enough to tell numbers apart.
std::size_t few_between(const nnrun_range& range) {
  constexpr double enough = 1000;
  const auto largest = static_cast<float>(std::max(std::abs(range.low), std::abs(range.high)));
  const double step = static_cast<double>(
                   std::nextafter(largest, std::numeric_limits<float>::infinity()) - largest),
               steps = (range.high - range.low) / step;
  return step > 1 && steps < enough ? static_cast<std::size_t>(steps) + 1 : 0;
}

/// Numbers that float32 rounds until few of them differ, since nothing is subtracted before.
void add_rounded(const Experiment& experiment, const Trainer& trainer,
                 std::vector<Problem>& warnings) {
  const Preparation& preparation = trainer.model()->preparation();
  if (experiment.dtype != Dtype::float32) return;
  const auto add = [&](const std::string& what, const nnrun_range& range, const char* setting) {
    const std::size_t numbers = few_between(range);
    if (numbers == 0) return;
    warnings.push_back(
        {.what = what + " lie from about " + readable(range.low) + " to " + readable(range.high) +
                 ", where float32 has " + readable(static_cast<double>(numbers)) +
                 (numbers == 1 ? " number" : " numbers") + " alone: different ones become the same",
         .place = experiment.written->place_of("data"),
         .hint = std::string("write ") + setting +
                 ": standard in data, which subtracts their mean before they are rounded, or "
                 "dtype: float64"});
  };
  if (!preparation.scales_targets() && trainer.data().names.classes.empty()) {
    const auto [low, high] = trainer.target_range();
    add("targets", {low, high}, "target_scale");
  }
  if (preparation.changes()) return;
  const auto& ranges = trainer.input_ranges();
  const std::vector<std::string>& names = trainer.data().names.inputs;
  for (std::size_t c = 0; c < ranges.size(); ++c) {
    const nnrun_range range{ranges[c].first, ranges[c].second};
    if (few_between(range) == 0) continue;
    const bool is_named = c < names.size() && !names[c].empty();
    return add("numbers of " + (is_named ? short_name(names[c]) : "x" + std::to_string(c + 1)),
               range, "scale");
  }
}

/// Examples of a part that has files of its own. One that is cut off has only such as the file has
/// twice.
std::optional<Problem> trained_on(std::size_t part, const Experiment& experiment,
                                  const DataShape& data) {
  const std::size_t known = data.also_trained_on[part], all = data.examples[part];
  const Split& split = experiment.data.split;
  const bool is_cut = part == NNRUN_TEST ? split.test > 0 || split.folds > 0 : split.validation > 0;
  if (known == 0 || is_cut || known < all / 100) return {};
  const std::string name = part_names[part];
  const auto count = [](std::size_t n) { return readable(static_cast<double>(n)); };
  return Problem{
      .what = count(known) + " of " + count(all) + " rows of the " + name +
              " part are rows of the training part, too, so " +
              (known == all ? "it does not say" : "it says less of") +
              " how the network answers others",
      .place = experiment.written->place_of("data." + name),
      .hint = "name a file of other rows, or leave it out and write split: {" + name + ": 0.2}"};
}

/// Returns the number that every target of every row is; nothing if they differ.
std::optional<double> same_target_of(const TargetSummary& targets) {
  if (targets.rows == 0 || targets.ranges.empty()) return {};
  const double first = targets.ranges[0].first;
  const bool same = std::ranges::all_of(
      targets.ranges, [&](const auto& range) { return range == std::pair(first, first); });
  return same ? std::optional(first) : std::nullopt;
}

}  // namespace

Problem divided_twice(const DataShape& data, const Place& place) {
  const std::string by = shortest(data.divide_by);
  return {.what = "no input is above " + significant(data.divided_before, 6) +
                  ", and the data set divides them by " + by,
          .place = place,
          .hint = "if they were divided already, write divide_by: 1"};
}

std::vector<Problem> warnings_of(const Experiment& experiment, const Trainer& trainer,
                                 bool targets_are_sound) {
  const std::shared_ptr<const Model> model = trainer.model();
  const Node& output = model->graph().output();
  const auto [low, high] = trainer.target_range();
  const std::size_t examples = trainer.data().examples[NNRUN_TRAIN];
  const WrittenKeys& written = *experiment.written;
  const bool scaled = model->preparation().scales_targets();
  Facts facts{.metrics = experiment.metrics,
              .cost = facts_of_cost(experiment.train.cost),
              .activation = facts_of_activation(output),
              .unbounded_layer = (output.functions().flags & NNRUN_UNITS) != 0,
              .ignores_zeros = model->targets().kind != NNRUN_NUMBERS && low == 0 && high == 1 &&
                               ignores_zeros(experiment.train.cost, model->graph().answer_cols),
              .stays_within = is_known(range_of(output)) &&
                              stays_within(experiment.train.cost, range_of(output), {low, high}),
              .joined = model->graph().cost_takes_scores,
              .outputs = output.cols,
              .targets = {low, high},
              .units = scaled ? units_of(trainer) : nnrun_range{low, high},
              .is_scaled = scaled,
              .kind = model->targets().kind,
              .shares = model->targets().shares,
              .as_classes = trainer.data().as_classes,
              .odd_target = trainer.data().odd_target,
              .target_names = trainer.data().names.targets,
              .classes = trainer.data().names.classes,
              .left_out = trainer.data().rows_without_values,
              .cost_place = written.place_of("train.cost"),
              .output_place = output.activation
                                  ? written.place_in_layer(output.name, "activation")
                                  : written.place_of("model.layers." + output.name + ".activation"),
              .data_place = written.place_of("data"),
              .input_place = experiment.model.input.place,
              .coupled = coupled_node(model->graph()),
              .target = trainer.data().target,
              .layers = experiment.model.layers,
              .parted = parted_from_cost(experiment.train.cost, model->graph()),
              .graph = model->graph(),
              .weights = experiment.model.weights,
              .written = written,
              .batch_rows = std::min(experiment.train.batch_size, examples),
              .examples = examples,
              .same_target = same_target_of(trainer.targets()),
              .targets_are_sound = targets_are_sound};
  std::vector<Problem> warnings;
  for (const Rule rule : rules)
    if (std::optional<Problem> warning = rule(facts)) warnings.push_back(std::move(*warning));
  if (const std::string& name = trainer.data().in_blocks; !name.empty())
    warnings.push_back(
        {.what = "'" + name +
                 "' seems to name several series: windows reach from the rows of one "
                 "into those of the next",
         .place = experiment.data.use.place,
         .hint = "write group: " + flow_yaml(text_node(name)) + " in windows"});
  for (const Problem& doubt : trainer.data().doubts) {
    warnings.push_back(doubt);
    if (doubt.where.empty()) warnings.back().place = experiment.data.use.place;
  }
  add_rounded(experiment, trainer, warnings);
  add_masks(experiment, *model, warnings);
  add_steps_ahead(trainer.experiment(), *model, warnings);  // with the sizes that it left open
  add_needless(model->graph(), experiment, warnings);
  for (const std::size_t part : {std::size_t{NNRUN_VALIDATION}, std::size_t{NNRUN_TEST}})
    if (std::optional<Problem> known = trained_on(part, experiment, trainer.data()))
      warnings.push_back(std::move(*known));
  if (trainer.data().divided_before > 0)
    warnings.push_back(divided_twice(trainer.data(), experiment.data.use.place));
  return warnings;
}

bool is_far_from_start(const nnrun_range& targets) {
  constexpr double far = 1000, near = 0.001;
  const double spread = targets.high - targets.low;
  return std::max(std::abs(targets.low), std::abs(targets.high)) > far ||
         (spread > 0 && spread < near);
}

}  // namespace nnrun::host
