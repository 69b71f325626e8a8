// What a text file of rows holds, column by column: the facts from which a config for it is
// written.
#pragma once
#include <cstddef>
#include <nnrun/csv.hpp>
#include <string>
#include <unordered_set>
#include <vector>

#include "cli/column_profile.hpp"
#include "cli/table_totals.hpp"
namespace nnrun::host {

struct TableProfile {
  std::string file;
  std::size_t rows = 0;
  CsvFormat format;
  std::vector<ColumnProfile> columns{};
  std::unordered_set<std::string> shared_names{};  ///< of several columns each
  /// A number such as 3,534 that is read as thousands for the three digits behind its comma alone,
  /// as all such numbers of the file; empty if some number shows which it is.
  std::string doubtful_thousands{};
  bool has_row_names = false;      ///< the first column has names of rows, as R writes them
  std::string doubt_of_names{};    ///< whether the first row has names, if that is in doubt
  std::string names_again{};       ///< the place of a row of names that is there again
  std::vector<TotalRow> totals{};  ///< rows that are called as sums and means of rows are
  std::string comments{};          ///< what is said of lines that are left out between rows

  /// Returns where in a row one of these columns is.
  std::size_t place_of(const ColumnProfile& column) const {
    return static_cast<std::size_t>(&column - columns.data());
  }
};

/// Reads a file that is written in this way. decimals: of columns that are read in a way of their
/// own, 0 for others; or empty. Throws nnrun::Error with the line of what cannot be read.
TableProfile read_table(const std::string& file, const CsvFormat& format,
                        const std::vector<char>& decimals = {});
/// Reads a file and finds how it is written: separator, names, decimal comma,
/// letters of Windows. Throws DataError with the line of what cannot be read.
TableProfile profile_of(const std::string& file);

}  // namespace nnrun::host
