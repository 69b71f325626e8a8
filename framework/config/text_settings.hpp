// How the text files of a run's data are written.
#pragma once
#include <map>
#include <nnrun/csv_column.hpp>
#include <string>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

/// How the run's own data are written, if they are text; a file to predict is written likewise.
struct TextSettings {
  CsvFormat format{.separator = CsvFormat::found_separator};
  std::vector<std::string> gaps{std::begin(usual_gaps), std::end(usual_gaps)};
  std::map<std::string, char> decimals{};  ///< of columns whose fractions are written otherwise
  std::map<std::string, std::vector<std::string>> own_gaps{};  ///< of columns that have more gaps

  /// Keeps views of the settings.
  explicit TextSettings(const DataSpec& data);
  /// Returns what stands before the fractions of a column that is written otherwise; else 0.
  char decimal_of(const std::string& column) const {
    const auto own = decimals.find(column);
    return own == decimals.end() ? '\0' : own->second;
  }
  /// Returns what means a missing value in a column beside what does in all.
  std::vector<std::string> gaps_of(const std::string& column) const {
    const auto own = own_gaps.find(column);
    return own == own_gaps.end() ? std::vector<std::string>() : own->second;
  }
};

}  // namespace nnrun::host
