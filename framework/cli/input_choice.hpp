// What becomes of a column of a table that is not the target: judged by what it holds and by its
// name.
#pragma once
#include <string>
#include <vector>

#include "cli/table_profile.hpp"
namespace nnrun::host {

/// What becomes of a column that is not the target, and why.
struct InputChoice {
  std::string how;  ///< what stands behind its name in `columns`
  std::string why;
  bool used = true;
  std::vector<std::string> gaps = {};  ///< texts in it that are taken for missing values
};

InputChoice unused(std::string why);

/// Returns what becomes of a column. counts_count: columns that may only number rows are inputs,
/// too, because there is nothing else.
InputChoice choice_for(const ColumnProfile& column, std::size_t rows, bool counts_count);

/// Returns what stands behind a column's name in `columns`, with what stands before its fractions.
std::string with_decimal(const std::string& how, const NumberFormat& format);
/// Says that fractions of a column are not written as in the rest of the file.
std::string words_of_decimal(const NumberFormat& format);

}  // namespace nnrun::host
