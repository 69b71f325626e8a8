// What looks odd in a table, and would be learned without a word.
#pragma once
#include <string>
#include <vector>

#include "cli/table_profile.hpp"
namespace nnrun::host {

/// Throws DataError if the last row is called a total and holds sums of the rows above: it is not
/// an example.
void require_no_totals(const TableProfile& table);

/// used: the inputs. Returns a sentence for each thing that the user should look at.
std::vector<std::string> doubts_of(const TableProfile& table,
                                   const std::vector<const ColumnProfile*>& used,
                                   const std::vector<const ColumnProfile*>& targets);

}  // namespace nnrun::host
