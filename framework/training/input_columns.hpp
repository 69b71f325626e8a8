// Rows of a text file, of a config or of the command line as raw inputs: columns of texts and of
// numbers, as a run knows them.
#pragma once
#include <nnrun/csv_column.hpp>
#include <span>
#include <string>
#include <vector>

#include "config/text_settings.hpp"
#include "network/recipe.hpp"
namespace nnrun::host {

/// A row that does not come from a text file of the data's format, for InputColumns.
class WrittenRow {
 public:
  /// place: in messages. numbers: how those are written that are texts.
  explicit WrittenRow(std::string place, NumberFormat numbers = {})
      : place_(std::move(place)), numbers_(std::move(numbers)) {}
  void clear(std::string place) {
    place_ = std::move(place);
    fields_.clear();
  }
  /// Adds a field. plain: what looks like a number has a point, as numbers of JSON and YAML do.
  void add(std::string text, bool plain) { fields_.push_back({std::move(text), plain}); }
  std::size_t size() const { return fields_.size(); }

  // what CsvColumn asks of a row
  std::string_view field(std::size_t at) const { return fields_[at].text; }
  /// Throws nnrun::Error for a text with a control character.
  std::string_view text(std::size_t at) const;
  bool is_number(std::size_t at) const {
    double x = 0;
    return is_number(at, x);
  }
  bool is_number(std::size_t at, double& x) const { return is_number(at, x, numbers_); }
  bool is_number(std::size_t at, double& x, const NumberFormat& how) const {
    const auto& [text, plain] = fields_[at];
    return (plain && nnrun::is_number(text, x)) || nnrun::is_number(text, x, how);
  }
  bool is_short_number(std::size_t, double&) const { return false; }  // not the fast way
  const std::string& place() const { return place_; }
  const NumberFormat& number_format() const { return numbers_; }

 private:
  struct Field {
    std::string text;
    bool plain;
  };
  std::string place_;
  NumberFormat numbers_;
  std::vector<Field> fields_;
};

/// The columns of a file that are the inputs of a run. Keeps views of the settings and the recipe.
class InputColumns {
 public:
  InputColumns(const Recipe& recipe, const TextSettings& text);

  std::size_t size() const { return columns_.size(); }
  /// Returns whether inputs are numbers, all with a point and nothing else, in the run's own data.
  bool only_numbers() const { return only_numbers_; }
  /// Returns what may stand between the values of an example in any run whose data are written so.
  char between_values() const { return numbers_.decimal == ',' ? ';' : ','; }
  const CsvColumn& operator[](std::size_t i) const { return columns_[i]; }

  /// Finds them by their names if the run knows names; otherwise takes all, in order: the file need
  /// not have names then. header: the first row may be one of names. aside: columns that are no
  /// inputs, should the file have too many.
  void find(CsvReader& rows, bool header, std::span<const std::size_t> aside = {});
  /// The same of a table whose columns have names.
  void find_in(const auto& table) {
    for (const CsvColumn& column : columns_)
      if (named_) at_.push_back(table.column(column.name()));
    if (!named_ && table.names().size() != size())
      throw nnrun::Error("the run has " + std::to_string(size()) +
                             " inputs without names, the file has " +
                             std::to_string(table.names().size()) + " columns",
                         table.file());
    if (!named_) take_all();
  }
  /// Takes the first fields of each row, in order.
  void take_all() { take_all_but({}); }
  /// Returns whether a field says that a value is missing.
  bool is_gap(std::string_view field) const;
  /// Returns the number of an input in the present row. Throws nnrun::Error for what it cannot be.
  double read(const auto& rows, std::size_t input) {
    return columns_[input].read(rows, at_[input]);
  }
  /// Returns whether an input holds a text in the present row that training did not see, and that
  /// nothing was said of.
  bool is_unknown_text(const auto& rows, std::size_t input) const {
    return is_unknown(field(rows, input), input);
  }
  std::string_view field(const auto& rows, std::size_t input) const {
    return rows.field(at_[input]);
  }
  /// Returns the numbers of one row without names; nothing if it has another number of fields.
  /// Where the run's data have decimal commas, the row is written as they are, with ; between its
  /// fields, or with points and commas; throws nnrun::Error for a number that is another one in
  /// each.
  std::vector<double> read_example(const std::string& text);

 private:
  bool is_unknown(std::string_view text, std::size_t input) const;
  void take_all_but(std::span<const std::size_t> aside);
  CsvFormat format_of_example(const std::string& text) const;

  NumberFormat numbers_;  // of the run's data
  std::vector<const char*> gaps_;
  std::vector<CsvColumn> columns_;
  std::vector<std::size_t> at_;
  bool named_ = false, only_numbers_;
};

}  // namespace nnrun::host
