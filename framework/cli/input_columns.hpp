// The rows of a text file, or of the command line, as the raw inputs of a recorded run.
#pragma once
#include <nnrun/csv_column.hpp>
#include <string>
#include <vector>

#include "network/recipe.hpp"
namespace nnrun::host {

/// How the run's own data are written, if they are text; a file to predict is written likewise.
struct TextSettings {
  CsvFormat format{.separator = CsvFormat::found_separator};
  std::vector<std::string> gaps{std::begin(usual_gaps), std::end(usual_gaps)};

  /// Keeps views of the settings.
  explicit TextSettings(const Use& data);
};

/// The columns of a file that are the inputs of a run. Keeps views of the settings.
class InputColumns {
 public:
  InputColumns(const Recipe& recipe, const TextSettings& text);

  std::size_t size() const { return columns_.size(); }
  bool only_numbers() const { return only_numbers_; }
  const CsvColumn& operator[](std::size_t i) const { return columns_[i]; }

  /// Finds them by their names if the run knows names; otherwise takes all, in order: the file need
  /// not have names then. header: the first row may be one of names.
  void find(CsvReader& rows, bool header);
  /// Adds the numbers of the present row.
  void read(const CsvReader& rows, std::vector<double>& x) {
    for (std::size_t i = 0; i < size(); ++i) x.push_back(columns_[i].read(rows, at_[i]));
  }
  /// Returns the numbers of one row without names; nothing if it has another number of fields.
  std::vector<double> read_example(const std::string& text);

 private:
  void take_all();

  std::vector<const char*> gaps_;
  std::vector<CsvColumn> columns_;
  std::vector<std::size_t> at_;
  bool named_ = false, only_numbers_ = true;
};

}  // namespace nnrun::host
