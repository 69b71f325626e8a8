// Warnings of padding that a config means to pass over, and does not.
#pragma once
#include <vector>

#include "config/experiment.hpp"
#include "network/model.hpp"
namespace nnrun::host {

/// Adds what is wrong with the layers that make zeros of padding (`mask_zero`) and those that pass
/// over steps of one number (`skip`).
void add_masks(const Experiment& experiment, const Model& model, std::vector<Problem>& warnings);

}  // namespace nnrun::host
