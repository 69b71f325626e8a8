// The rows of `predict` as numbers, once the columns of the data are known.
#pragma once
#include "network/recipe.hpp"
namespace nnrun::host {

/// Sets the numbers of the rows that are written as the table has them, and puts their values in
/// the order of its columns. Throws ConfigError for a row of another length, and, at the place of a
/// value, for what its column cannot hold.
void read_rows(Experiment& experiment, const std::vector<Column>& columns);

}  // namespace nnrun::host
