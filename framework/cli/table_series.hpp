// Tables whose rows follow each other in time.
#pragma once
#include <string>
#include <vector>

#include "cli/table_profile.hpp"
namespace nnrun::host {

/// Returns whether each row has a day or a time of its own, or there is a single column of numbers.
bool may_be_series(const TableProfile& table);
/// Returns a sentence for a table that may be one, and is not taken for it.
std::string words_for_series(const TableProfile& table);

/// Returns a sentence for each thing that makes windows of so many rows doubtful: several series in
/// one table.
std::vector<std::string> doubts_of_series(const TableProfile& table, std::size_t window);

}  // namespace nnrun::host
