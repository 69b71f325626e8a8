// Warns of what is allowed but cannot learn: costs, activations and targets that do not fit
// together.
#pragma once
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::host {

/// Returns only what is certain, each warning with its place and what to change. Of the size of
/// targets, and that all are one, only if these are sound: a slip of the hand makes any of them
/// large.
std::vector<Problem> warnings_of(const Experiment& experiment, const Trainer& trainer,
                                 bool targets_are_sound = true);

/// Returns whether targets are so far from 0, or so near each other, that steps from where a
/// network begins, with outputs near 0 and about 1 apart, are of the wrong size.
bool is_far_from_start(const nnrun_range& targets);

}  // namespace nnrun::host
