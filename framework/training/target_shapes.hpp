// Targets of several axes, such as a class for each step, beside the outputs that should answer
// them.
#pragma once
#include <optional>
#include <string>

#include "network/graph.hpp"
namespace nnrun::host {

/// Returns what to write where an example has more or fewer targets than the network has outputs,
/// and either of them has several axes; empty otherwise.
std::string hint_of_axes(const nnrun_shape& targets, const nnrun_shape& outputs);

/// Returns what is wrong where as many numbers lie in another order.
std::optional<Problem> turned_targets(const nnrun_shape& targets, const nnrun_shape& outputs);

}  // namespace nnrun::host
