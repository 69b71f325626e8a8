// What a core of this machine can do at most.
#pragma once
#include "config/experiment.hpp"
namespace nnrun::host {

/// Returns how many fused multiply-additions one core makes in a second, in its widest vectors:
/// measured, in some hundredths of a second.
double fused_per_second(Dtype dtype);

}  // namespace nnrun::host
