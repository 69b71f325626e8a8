// Rows that are in a table twice, and columns that give the target away.
#pragma once
#include <string>
#include <vector>

#include "cli/table_profile.hpp"
namespace nnrun::host {

/// Reads the file of a profile once more. used: the inputs. Returns a sentence for what makes a
/// score better than it will be on new rows: copies of rows, which the training and the test part
/// may share, and columns whose every value goes with one value of the target.
std::vector<std::string> copies_in(const TableProfile& table,
                                   const std::vector<const ColumnProfile*>& used,
                                   const ColumnProfile& target);

}  // namespace nnrun::host
