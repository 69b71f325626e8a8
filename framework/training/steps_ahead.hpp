// Warns of networks that see the characters which they are to foretell.
#pragma once
#include <vector>

#include "config/experiment.hpp"
#include "network/model.hpp"
namespace nnrun::host {

/// Adds a warning if the data set has texts, each of whose targets is the next character, and the
/// answer at a character depends on those behind it. Tries a network with fresh numbers, so the
/// given one is not changed.
void add_steps_ahead(const Experiment& experiment, const Model& model,
                     std::vector<Problem>& warnings);

}  // namespace nnrun::host
