// Tables whose rows follow each other in time.
#pragma once
#include <string>
#include <vector>

#include "cli/table_profile.hpp"
namespace nnrun::host {

/// Returns whether each row has a day or a time of its own, or one of those that its series has, or
/// there is a single column of numbers.
bool may_be_series(const TableProfile& table, const std::vector<const ColumnProfile*>& targets);
/// Returns a sentence for a table that may be one, and is not taken for it.
std::string words_for_series(const TableProfile& table);

/// Returns the column that says to which of several series a row belongs: its few names lie in a
/// block of rows each, or each of them has a row for a day or a time that several rows have, or
/// rows in the order of time. Of several such columns the first; nullptr if there is none. window:
/// rows of an example. Reads the file again.
const ColumnProfile* series_named_in(const TableProfile& table, std::size_t window,
                                     const std::vector<const ColumnProfile*>& targets);

/// Returns a sentence for each thing that makes a series doubtful: rows of one day, where no column
/// says to which series they belong; rows out of order; missing rows. Reads the file again.
std::vector<std::string> doubts_of_series(const TableProfile& table, const ColumnProfile* named,
                                          const std::vector<const ColumnProfile*>& targets);

}  // namespace nnrun::host
