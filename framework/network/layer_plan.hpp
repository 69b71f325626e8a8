// What a layer plans, looked at before anybody relies on it.
#pragma once
#include <nnrun/abi.h>

#include <string>
namespace nnrun::host {

/// What of a plan is wrong whatever the inputs are, as the object of "planned": an output without
/// sizes, blocks off the lanes, outside of the parameters or over each other, scratch that no
/// machine has. Empty where nothing.
std::string fault_of_plan(const nnrun_plan& plan);

}  // namespace nnrun::host
