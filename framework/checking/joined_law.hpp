// A cost that is worked out from what an activation takes is the cost of what that gives.
#pragma once
#include "checking/law.hpp"
namespace nnrun::host {

/// Tries a cost with every activation, or an activation with every cost, of the built-in classes
/// that joins the same word and gives what the cost takes: value and slopes from the scores are
/// those through the two, one after the other, where neither rounds to 0 or 1.
Finding joined_law(const Subject& subject);

}  // namespace nnrun::host
