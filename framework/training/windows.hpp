// A series cut into windows: examples of several rows, one after the other, with the target of a
// later row.
#pragma once
#include "training/data_shape.hpp"
#include "training/examples.hpp"
namespace nnrun::host {

/// Throws ConfigError if rows of a series are to be left out.
void require_whole(const std::vector<ColumnRule>& columns);
/// Returns what a data set advises for a missing value without what cannot be done to a series.
std::string hint_in_series(const std::string& hint);
/// Makes the shape of rows that of a series: numbers that are targets become inputs, too, if they
/// are known before they are wanted. Throws ConfigError if an example of the data set is not a row.
void add_past_targets(DataShape& shape, const WindowSpec& windows, const Place& place);
/// Counts the examples that the rows of each part make, of several series those of each, and notes
/// how many series there are. Throws DataError for a part whose rows are too few for one. where:
/// the data set.
void count_windows(DataShape& shape, const WindowSpec& windows, const std::string& where);

/// Returns the examples that the rows of a part make, in the order of time. in, out: numbers of a
/// row, and of its targets. series: how many rows each of several series has; empty: they are one.
/// keep_last: those that are known are kept, to compare answers with.
template <class T>
Examples<T> windows_of(const Examples<T>& rows, const WindowSpec& windows, std::size_t in,
                       std::size_t out, const std::vector<std::size_t>& series, bool keep_last);

}  // namespace nnrun::host
