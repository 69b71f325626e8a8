// The `sweep` of a config: which keys take which values.
#pragma once
#include "config/experiment.hpp"
#include "config/problems.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

SweepSpec read_sweep(const ConfigNode& node, Problems& problems);

}  // namespace nnrun::host
