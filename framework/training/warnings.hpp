// Warns of what is allowed but cannot learn: costs, activations and targets that do not fit
// together.
#pragma once
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::host {

/// Returns only what is certain, each warning with its place and what to change.
std::vector<Problem> warnings_of(const Experiment& experiment, const Trainer& trainer);

}  // namespace nnrun::host
