// Sizes that a config leaves to its data: the network's input, and the units of the last layer.
#pragma once
#include <optional>

#include "training/data.hpp"
namespace nnrun::host {

/// Returns whether the config leaves a size to the data.
bool leaves_sizes_open(const Experiment& experiment);
/// Writes the sizes that follow from the data into the config: `model.input`, and `units`, one for
/// each number of a target. A target of two classes is one number if `positive` is given or the
/// last layer's outputs have two bounds, and they do not add up to 1. Throws GraphError as
/// topological_order does.
void set_sizes(Experiment& experiment, const DataSource& data);
/// Writes sizes that another process found in this way.
void set_sizes(Experiment& experiment, const std::vector<std::size_t>& input, std::size_t units);
/// Returns the config with these sizes; opens the data only if one is open.
Experiment with_sizes(Experiment experiment);

/// Returns the units of the last layer, 0 if they are open; nothing if it has none, or the layers
/// have no order.
std::optional<std::int64_t> units_of_output(const Experiment& experiment);

}  // namespace nnrun::host
