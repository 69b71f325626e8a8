// `data.order`: the classes of a target that have an order.
#pragma once
#include "config/experiment.hpp"
#include "config/problems.hpp"
namespace nnrun::host {

/// Gives the data set the classes that `order` names, in that order. Adds a problem where they are
/// not three or more different ones, or the config says other things of them.
void name_classes_in_order(DataSpec& data, Problems& problems);

}  // namespace nnrun::host
