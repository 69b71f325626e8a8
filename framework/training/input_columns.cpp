#include "training/input_columns.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

/// Returns whether the names are 0, 1, 2, … or 1, 2, 3, …
bool names_count(const CsvReader& rows) {
  const std::vector<std::string>& names = rows.names();
  const std::size_t first = names[0] == "1" ? 1 : 0;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] != std::to_string(i + first)) return false;
  return true;
}

}  // namespace

std::string_view WrittenRow::text(std::size_t at) const {
  const std::string& text = fields_[at].text;
  if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    throw nnrun::Error("value " + std::to_string(at + 1) + " holds a control character", place_);
  return text;
}

InputColumns::InputColumns(const Recipe& recipe, const TextSettings& text)
    : numbers_(text.format.numbers), only_numbers_(numbers_.is_plain() && numbers_.decimal == '.') {
  for (const std::string& gap : text.gaps) gaps_.push_back(gap.c_str());
  std::set<std::string> all_units;
  for (const Column& column : recipe.columns)
    all_units.insert(column.units.begin(), column.units.end());
  all_units.erase("");
  for (std::size_t i = 0; i < recipe.columns.size(); ++i) {
    const Column& column = recipe.columns[i];
    const std::string name = column.name.empty() ? "x" + std::to_string(i + 1) : column.name;
    const std::uint32_t flags = (column.unknown == UnknownRule::error ? 0u : NNRUN_KEEP_UNKNOWN) |
                                (column.is_filled() ? NNRUN_KEEP_GAPS : 0u);
    const std::uint32_t kind = column.is_category ? NNRUN_COLUMN_CATEGORY : NNRUN_COLUMN_NUMBER;
    const char decimal = text.decimal_of(name);
    std::vector<const char*> units;
    for (const std::string& unit : column.units) units.push_back(unit.c_str());
    std::vector<const char*> gaps;
    if (const auto own = text.own_gaps.find(name); own != text.own_gaps.end())
      for (const std::string& gap : own->second) gaps.push_back(gap.c_str());
    if (const char* const gap = column.text_for_missing()) gaps.push_back(gap);
    const nnrun_column asked{.size = sizeof asked,
                             .flags = flags,
                             .name = name.c_str(),
                             .kind = kind,
                             .n_texts = 0,
                             .texts = nullptr,
                             .gaps = gaps.data(),
                             .n_gaps = static_cast<std::uint32_t>(gaps.size()),
                             .decimal = static_cast<std::uint32_t>(decimal),
                             .n_units = static_cast<std::uint32_t>(units.size()),
                             .units = units.data()};
    CsvColumn& reader = columns_.emplace_back(name, false, &asked, gaps_, true);
    for (const std::string& unit : all_units) reader.know_foreign_unit(unit);
    if (column.is_category) reader.set_texts(column.texts);
    named_ = named_ || !column.name.empty();
    only_numbers_ = only_numbers_ && column.is_plain() && decimal == '\0';
  }
}

void InputColumns::find(CsvReader& rows, bool header, std::span<const std::size_t> aside) {
  if (named_) {
    if (header && rows.names_are_numbers())
      throw DataError(Problem{.what = "the first row has numbers, not names of columns",
                              .where = rows.place(),
                              .hint = "write a row of names above it: the run has inputs by name"});
    for (const CsvColumn& column : columns_) at_.push_back(rows.column(column.name()));
    return;
  }
  const std::size_t found = rows.names().size();
  if (found != size() && found == size() + aside.size()) return take_all_but(aside);
  if (found != size())
    throw DataError(Problem{.what = "the run has " + std::to_string(size()) +
                                    " inputs without names, the file has " + std::to_string(found) +
                                    " columns",
                            .where = rows.place(),
                            .hint = found > size() ? "--keep NAME,… sets columns aside" : ""});
  if (header && rows.names_are_numbers()) {
    if (size() > 1 && names_count(rows))
      throw DataError(
          Problem{.what = "the first row may be the numbers of the columns, or an example",
                  .where = rows.place(),
                  .hint = "take it out if it numbers the columns; else write a row of names, "
                          "such as x1,x2, above it"});
    rows.take_names_as_row();
  }
  take_all_but({});
}

bool InputColumns::is_gap(std::string_view field) const {
  return field.empty() || std::ranges::any_of(gaps_, [&](const char* gap) { return field == gap; });
}

bool InputColumns::is_unknown(std::string_view text, std::size_t input) const {
  const CsvColumn& column = columns_[input];
  return column.is_category() && (column.flags() & NNRUN_KEEP_UNKNOWN) == 0 &&
         !column.is_gap(text) && std::ranges::find(column.texts(), text) == column.texts().end();
}

CsvFormat InputColumns::format_of_example(const std::string& text) const {
  // points between thousands are no fractions, so one value is written as in the data
  const bool is_one = size() == 1 && (numbers_.thousands == '.' || text.find(',') != text.npos);
  if (numbers_.decimal == ',' && (is_one || text.find(';') != text.npos))
    return {.separator = ';', .header = false, .numbers = numbers_};
  CsvFormat plain{.header = false, .numbers = {.symbols = numbers_.symbols}};
  // a comma between thousands stands in quotes, as in a file
  if (numbers_.decimal == '.') plain.numbers.thousands = numbers_.thousands;
  return plain;
}

std::vector<double> InputColumns::read_example(const std::string& text) {
  const std::size_t end = text.find_last_not_of("\r\n");
  if (end != text.npos && text.find_first_of("\r\n") < end)
    throw nnrun::Error("an example is one row, and there is another one after a line break", "",
                       "give each row by itself");
  std::istringstream in(text);
  const CsvFormat format = format_of_example(text);
  CsvReader rows(in, "the example", format);
  std::vector<double> x;
  if (rows.names().size() != size() || !rows.next()) return x;
  take_all_but({});
  for (std::size_t i = 0; i < size(); ++i) {
    x.push_back(read(rows, i));
    double own = 0;
    if (!columns_[i].is_category() && !columns_[i].has_own_decimal() &&
        nnrun::is_number(field(rows, i), own, numbers_) && own != x.back() &&
        !std::isnan(x.back()))  // which is a gap that is a number
      throw nnrun::Error("'" + std::string(field(rows, i)) + "' is " + shortest(x.back()) +
                             " with a point, and " + shortest(own) + " in the run's data",
                         "", "write the example as the data are, with ; between its values");
  }
  return x;
}

void InputColumns::take_all_but(std::span<const std::size_t> aside) {
  at_.clear();
  for (std::size_t i = 0; at_.size() < size(); ++i)
    if (std::ranges::count(aside, i) == 0) at_.push_back(i);
}

}  // namespace nnrun::host
