// The rows of a text file, or of the command line, as the raw inputs of a recorded run.
#pragma once
#include <nnrun/csv_column.hpp>
#include <span>
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

/// Returns the recipe by which rows to predict are read: in which the command line may have said
/// that a text which training did not see counts as none. rules: of the config with the command
/// line's changes. Throws ConfigError for changes that only training could follow.
Recipe recipe_to_read(Recipe recipe, const std::vector<ColumnRule>& rules,
                      const std::vector<Override>& overrides);

/// The columns of a file that are the inputs of a run. Keeps views of the settings.
class InputColumns {
 public:
  InputColumns(const Recipe& recipe, const TextSettings& text);

  std::size_t size() const { return columns_.size(); }
  bool only_numbers() const { return only_numbers_; }
  const CsvColumn& operator[](std::size_t i) const { return columns_[i]; }

  /// Finds them by their names if the run knows names; otherwise takes all, in order: the file need
  /// not have names then. header: the first row may be one of names. aside: columns that are no
  /// inputs, should the file have too many.
  void find(CsvReader& rows, bool header, std::span<const std::size_t> aside = {});
  /// Returns the number of an input in the present row. Throws nnrun::Error for what it cannot be.
  double read(const CsvReader& rows, std::size_t input) {
    return columns_[input].read(rows, at_[input]);
  }
  /// Returns whether an input holds a text in the present row that training did not see, and that
  /// nothing was said of.
  bool is_unknown_text(const CsvReader& rows, std::size_t input) const;
  std::string_view field(const CsvReader& rows, std::size_t input) const {
    return rows.field(at_[input]);
  }
  /// Returns the numbers of one row without names; nothing if it has another number of fields.
  std::vector<double> read_example(const std::string& text);

 private:
  void take_all_but(std::span<const std::size_t> aside);

  std::vector<const char*> gaps_;
  std::vector<CsvColumn> columns_;
  std::vector<std::size_t> at_;
  bool named_ = false, only_numbers_ = true;
};

}  // namespace nnrun::host
