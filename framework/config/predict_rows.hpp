// Rows of `predict` for a table: as it has them, with texts and gaps.
#pragma once
#include "config/experiment.hpp"
#include "config/problems.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

/// Reads a list of values, or a map of them by the names of columns.
PredictRow read_written_row(const ConfigNode& node, Problems& problems);
/// Returns what reads back to the same row.
ConfigNode node_of(const PredictRow& row);

}  // namespace nnrun::host
