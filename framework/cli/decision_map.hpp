// The first output over the plane of two inputs, drawn in the terminal.
#pragma once
#include <string>

#include "cli/terminal.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Returns rows of shades with their axes; empty unless the network has two inputs.
std::string decision_map(Trainer& trainer, const Terminal& terminal);

}  // namespace nnrun::host
