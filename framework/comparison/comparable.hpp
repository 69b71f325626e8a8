// What the numbers of two configs must have in common to be compared.
#pragma once
#include <string>

#include "comparison/plan.hpp"
namespace nnrun::host {

/// Requires the same data set, the same rows and the same targets of all configs. What is made of
/// the inputs may differ, and so may the scale of targets, which metrics undo, and whether classes
/// have an order; of recorded runs the fold that is held out. Throws ConfigError.
void require_same_data(const ComparisonPlan& plan);

/// Returns whether a metric is of ranks in configs whose classes have an order, and something else
/// in others that have none.
bool means_ranks_in_some(const ComparisonPlan& plan, const Use& metric);

/// Returns why the costs of the configs do not mean the same, as a clause; empty if they do.
std::string why_costs_differ(const ComparisonPlan& plan);

/// Returns how far the scores of different seeds are from independent, as overlap_of_folds does:
/// above 0 where each seed draws the part that configs are compared by from the same rows of a
/// file.
double overlap_of_draws(const ComparisonPlan& plan);

/// Returns whether the examples are those of a file.
bool is_of_file(const Experiment& experiment);

}  // namespace nnrun::host
