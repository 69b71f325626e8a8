#include "training/open_sizes.hpp"

#include <algorithm>
#include <cmath>

#include "loading/declarations.hpp"
#include "network/graph.hpp"
namespace nnrun::host {
namespace {

/// Returns the setting of a layer that says how many units it has; nullptr if there is none.
const Value* units_of(const LayerSpec& layer) {
  const auto at = layer.layer ? units_setting(*layer.layer.plugin) : std::nullopt;
  return at ? &layer.layer.settings[*at] : nullptr;
}
bool is_open(const LayerSpec& layer) {
  const Value* const units = units_of(layer);
  return units != nullptr && *units == Value(std::int64_t{0});
}

std::size_t output_of(const Experiment& experiment) {
  return topological_order(experiment.model.layers).back();
}

/// Returns whether a last layer of one unit can tell two classes apart.
bool answers_yes_or_no(const LayerSpec& layer, bool positive_given) {
  if (!layer.activation) return positive_given;
  const auto& table = functions_of<nnrun_activation>(*layer.activation.plugin);
  if ((table.flags & NNRUN_SUMS_TO_ONE) != 0) return false;
  const nnrun_range range = declared(table, &nnrun_activation::outputs);
  const bool bounded = range.low < range.high && std::isfinite(range.low + range.high);
  return positive_given || bounded;
}

std::vector<std::size_t> input_of(const Experiment& experiment, const DataSource& data) {
  const Preparation preparation = data.preparation(experiment);
  const nnrun_shape& shape = data.shape().input;
  if (experiment.data.windows) return {preparation.rows(), preparation.row_outputs()};
  if (preparation.outputs() != size_of(shape)) return {preparation.outputs()};
  return {shape.sizes, shape.sizes + shape.rank};
}

void set_units(Experiment& experiment, std::size_t units) {
  LayerSpec& output = experiment.model.layers[output_of(experiment)];
  output.layer.settings[*units_setting(*output.layer.plugin)] = static_cast<std::int64_t>(units);
}
/// Returns whether the network gives as many outputs; a last layer may give its units for every
/// step of a sequence.
bool fits(const Experiment& experiment, std::size_t outputs) {
  return build_graph(experiment).output().cols == outputs;
}

}  // namespace

bool leaves_sizes_open(const Experiment& experiment) {
  return experiment.model.input.value.empty() ||
         std::ranges::any_of(experiment.model.layers, is_open);
}

void set_sizes(Experiment& experiment, const DataSource& data) {
  const DataShape& shape = data.shape();
  const LayerSpec& output = experiment.model.layers[output_of(experiment)];
  const bool is_open_before = is_open(output);
  const bool one = shape.names.classes.size() == 2 &&
                   answers_yes_or_no(output, !experiment.data.positive.value.empty());
  const nnrun_shape& target = shape.target;
  set_sizes(experiment, input_of(experiment, data), one ? 1 : size_of(target));
  if (is_open_before && target.rank > 1 && !fits(experiment, size_of(target)))
    set_units(experiment, target.sizes[target.rank - 1]);
}

void set_sizes(Experiment& experiment, const std::vector<std::size_t>& input, std::size_t units) {
  if (experiment.model.input.value.empty()) experiment.model.input.value = input;
  if (is_open(experiment.model.layers[output_of(experiment)])) set_units(experiment, units);
}

Experiment with_sizes(Experiment experiment) {
  if (leaves_sizes_open(experiment)) set_sizes(experiment, DataSource(experiment));
  return experiment;
}

std::optional<std::int64_t> units_of_output(const Experiment& experiment) try {
  const Value* const units = units_of(experiment.model.layers[output_of(experiment)]);
  return units != nullptr ? std::optional(std::get<std::int64_t>(*units)) : std::nullopt;
} catch (const GraphError&) {
  return std::nullopt;
}

}  // namespace nnrun::host
