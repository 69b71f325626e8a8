// Whether the first row of a table has names, is one of data, or is neither.
#pragma once
#include "cli/table_profile.hpp"
namespace nnrun::host {

/// Returns whether some column has numbers below a text, as a name is.
bool has_names(const TableProfile& profile);
/// Returns whether names are 0, 1, 2, … or 1, 2, 3, …, as far as columns have numbers.
bool names_count(const TableProfile& profile);
/// Returns a column whose name is one of its texts; nullptr if there is none.
const ColumnProfile* named_as_its_text(const TableProfile& profile);
/// Returns whether the first row is one of data: all of it is there again, or what it has for names
/// of texts are some of them, in more columns than not, and nothing in it is a text above numbers.
bool first_row_is_data(const TableProfile& profile);
/// Throws Error for a first row that is a title: most columns with something in them have no name.
void require_names(const TableProfile& profile);
/// Throws Error if the first row, or the first two, have texts above numbers, and these columns no
/// others: units, or what columns mean.
void require_no_units(const TableProfile& profile);

}  // namespace nnrun::host
