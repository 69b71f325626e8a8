// Checks what a layer plans before it is used.
#pragma once
#include <nnrun/abi.h>

#include <string>
namespace nnrun::host {

/// Returns what of a plan would be wrong for any input, to follow the word "planned": an output
/// without sizes; blocks that do not start on lanes, lie outside the parameters or overlap; more
/// scratch than any machine has. Empty if nothing is wrong.
std::string fault_of_plan(const nnrun_plan& plan);

}  // namespace nnrun::host
