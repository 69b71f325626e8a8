#include "cli/table_series.hpp"

#include <algorithm>

#include "base/commands.hpp"
#include "cli/table_words.hpp"
namespace nnrun::host {
namespace {

bool is_of_dates(const ColumnProfile& column) {
  return column.dates > 0 && column.dates == column.values();
}

std::size_t different_in(const ColumnProfile& column) {
  return column.counts.size() + column.different.size();
}

/// Returns whether few different values lie in one block of rows each, as names of series do.
bool lies_in_blocks(const ColumnProfile& column, std::size_t rows, std::size_t window) {
  const std::size_t different = different_in(column);
  const bool names = column.texts > 0 || column.whole;
  return names && !is_of_dates(column) && column.without_count == 0 && different >= 2 &&
         different <= 100 && column.changes + 1 == different && rows / different >= window;
}

}  // namespace

bool may_be_series(const TableProfile& table) {
  if (table.columns.size() == 1) return table.columns[0].texts == 0 && table.rows >= 50;
  return std::ranges::any_of(table.columns, [&](const ColumnProfile& column) {
    return is_of_dates(column) && column.gaps == 0 && column.changes + 1 == table.rows &&
           different_in(column) == std::min(table.rows, ColumnProfile::most_different);
  });
}

std::string words_for_series(const TableProfile& table) {
  return "if the rows follow each other in time, an example may be some of them in a row: nnrun "
         "new config " +
         shell_word(table.file) + " --windows 24";
}

std::vector<std::string> doubts_of_series(const TableProfile& table, std::size_t window) {
  std::vector<std::string> doubts;
  for (const ColumnProfile& column : table.columns) {
    if (lies_in_blocks(column, table.rows, window))
      doubts.push_back("if " + yaml_text(column.name) +
                       " names several series, make a file for each: windows reach from the rows "
                       "of one into those of the next");
    if (is_of_dates(column) && column.changes + 1 < table.rows)
      doubts.push_back("several rows have the same " + yaml_text(column.name) +
                       ": if the file holds several series, make a file for each");
  }
  return doubts;
}

}  // namespace nnrun::host
