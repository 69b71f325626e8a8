#include "cli/table_profile.hpp"

#include <algorithm>
#include <nnrun/gzip_input.hpp>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/field_kinds.hpp"
#include "cli/first_row.hpp"
namespace nnrun::host {
namespace {

/// Returns whether a column has numbers only if a comma stands before fractions.
bool has_commas(const TableProfile& profile) {
  return profile.format.separator != ',' &&
         std::ranges::any_of(profile.columns, [](const ColumnProfile& column) {
           return column.texts > 0 && column.with_comma == column.texts &&
                  column.of_thousands < column.with_comma;
         });
}

/// Returns whether texts of a column are amounts that are not written as plain numbers, but for few
/// that may say that one is missing.
bool has_amounts(const ColumnProfile& column) {
  return column.texts > 0 && !column.has_dates() &&
         ((column.are_amounts(column.like_numbers) && !column.first_amount.empty()) ||
          column.is_in_unit());
}

/// Returns whether some column shows what stands before fractions: other than three digits follow.
bool shows_fractions(const TableProfile& profile) {
  return std::ranges::any_of(profile.columns, [](const ColumnProfile& column) {
    return column.texts == 0 && column.with_point > column.of_thousands;
  });
}

/// Returns how numbers are written by which some column of such texts is one of numbers. A column
/// with another decimal sign than one that shows it is read in a way of its own. words: also where
/// the unit is one that nobody knows.
NumberFormat format_of_amounts(const TableProfile& profile, bool words) {
  NumberFormat format = profile.format.numbers;
  const bool is_sure = shows_fractions(profile);
  for (const ColumnProfile& column : profile.columns) {
    if (!has_amounts(column)) continue;
    const bool is_known = column.are_amounts(column.like_numbers) && !column.first_amount.empty();
    if (!is_known && !words) continue;
    NumberFormat own = format_for(is_known ? column.first_amount : column.first_in_unit, format);
    if (is_sure && own.decimal != format.decimal)
      format.symbols = std::move(own.symbols);
    else
      format = std::move(own);
  }
  return format;
}

/// Returns how many amounts are texts still. own: but for columns that can be read in a way of
/// their own.
std::size_t texts_in(const TableProfile& profile, bool own) {
  std::size_t all = 0;
  for (const ColumnProfile& column : profile.columns) {
    const bool is_other =
        column.is_of_other_decimal() && column.own_decimal != profile.format.numbers.decimal;
    if (has_amounts(column) && !(own && is_other)) all += column.texts;
  }
  return all;
}

/// Returns whether some line of the file starts with '#'.
bool has_comments(const std::string& file) {
  GzipInput in(file);
  std::string line;
  while (std::getline(in, line))
    if (line.starts_with('#') || line.starts_with("\xef\xbb\xbf#")) return true;
  return false;
}

/// Reads a file whose letters may be those of Windows, and which may have lines of comments.
TableProfile read_in_any_letters(const std::string& file, CsvFormat format) try {
  return read_table(file, format);
} catch (const nnrun::Error& e) {
  if (std::string_view(e.what()).starts_with("is not UTF-8") && format.encoding == "utf-8") {
    format.encoding = "windows-1252";
  } else if (format.comment.empty() && has_comments(file)) {
    format.comment = "#";
  } else {
    throw;
  }
  return read_in_any_letters(file, std::move(format));
}

/// Returns how many fields a row has if blanks separate them; 0 if that is none.
std::size_t fields_between_blanks(std::string_view row) {
  CsvFields fields(' ');
  return fields.split(row) ? fields.size() : 0;
}

/// Returns whether a text is several fields with blanks between, some of them numbers. only: none
/// of them is a text that says something.
bool has_numbers_between_blanks(std::string_view text, bool only) {
  CsvFields fields(' ');
  if (!fields.split(text) || fields.size() < 2) return false;
  std::size_t numbers = 0;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (parse_double(fields[i]))
      ++numbers;
    else if (only && !is_usual_gap(fields[i]))
      return false;
  return numbers > 0;
}

/// Reads a file whose fields are between blanks, which no first row shows for certain: names and
/// texts may hold blanks as well. Returns nothing if that gives no column of numbers.
std::optional<TableProfile> read_at_blanks(const std::string& file, CsvFormat format) {
  format.separator = ' ';
  TableProfile profile = read_in_any_letters(file, format);
  const bool has_numbers =
      profile.columns.size() > 1 && std::ranges::any_of(profile.columns, [](const auto& column) {
        return (column.numbers > 0 && column.texts == 0) ||
               (column.texts > 0 && column.with_comma == column.texts);
      });
  if (!has_numbers) return std::nullopt;
  return profile;
}

/// Returns the first lines of a file.
std::vector<std::string> lines_of(const std::string& file) {
  constexpr std::size_t most = 20;
  GzipInput in(file);
  std::vector<std::string> lines;
  for (std::string line; lines.size() < most && std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Returns whether a first row has several fields, and nothing but blanks between.
bool has_blanks_between(const std::string& line) {
  return line.find_first_of(",;|") == line.npos && fields_between_blanks(line) > 1;
}

/// Returns whether something else than blanks separates fields of a line, and is no decimal comma.
bool shows_separator(const std::string& line) {
  const auto is_digit = [&](std::size_t i) {
    return i < line.size() && line[i] >= '0' && line[i] <= '9';
  };
  for (std::size_t i = 0; i < line.size(); ++i)
    if (line[i] == ';' || line[i] == '|' || line[i] == '\t' ||
        (line[i] == ',' && !(i > 0 && is_digit(i - 1) && is_digit(i + 1))))
      return true;
  return false;
}

/// Reads it by the separator that the first row shows, or by blanks where that makes one column
/// of what is several.
TableProfile read_by_any_separator(const std::string& file, const CsvFormat& format) {
  std::optional<TableProfile> profile;
  try {
    profile = read_in_any_letters(file, format);
  } catch (const nnrun::Error&) {
    const std::vector<std::string> lines = lines_of(file);
    if (lines.empty() || !has_blanks_between(lines[0])) throw;
    try {
      if (auto other = read_at_blanks(file, format)) return *std::move(other);
    } catch (const nnrun::Error&) {  // which of the two says what is wrong
      if (std::ranges::none_of(lines, &shows_separator)) throw;
    }
    throw;
  }
  const ColumnProfile& first = profile->columns[0];
  if (first.numbers > 0 || first.texts == 0) return *std::move(profile);
  if (profile->columns.size() > 1) {  // a tab before the last text, or numbers that are a pair
    if (has_numbers_between_blanks(first.first_text, true)) try {
        auto other = read_at_blanks(file, profile->format);
        if (other && other->columns.size() > profile->columns.size()) return *std::move(other);
      } catch (const nnrun::Error&) {  // a row that blanks would cut otherwise
      }
    return *std::move(profile);
  }
  // a table of one column is of no use, so a row that has numbers among others is one of several
  if (fields_between_blanks(first.name) > 1 && has_numbers_between_blanks(first.first_text, false))
    if (auto other = read_at_blanks(file, profile->format)) return *std::move(other);
  return *std::move(profile);
}

/// Returns whether a unit of one column makes numbers of another one's texts, such as C12 beside
/// 20 C.
bool makes_numbers_of_codes(const TableProfile& now, const TableProfile& before) {
  for (std::size_t i = 0; i < now.columns.size(); ++i)
    if (!has_amounts(before.columns[i]) && before.columns[i].texts > now.columns[i].texts)
      return true;
  return false;
}

/// Reads it again as long as other ways to write numbers make more of its texts amounts.
TableProfile with_amounts(TableProfile profile, const CsvFormat& format) {
  for (;;) {
    CsvFormat other = format;
    other.encoding = profile.format.encoding;
    other.comment = profile.format.comment;
    other.numbers = format_of_amounts(profile, true);
    if (settings_text(other.numbers, profile.format.numbers).empty()) return profile;
    TableProfile again = read_table(profile.file, other);
    if (makes_numbers_of_codes(again, profile)) {
      other.numbers = format_of_amounts(profile, false);
      if (settings_text(other.numbers, profile.format.numbers).empty()) return profile;
      again = read_table(profile.file, other);
    }
    const bool own = other.numbers.decimal == profile.format.numbers.decimal;
    if (texts_in(again, own) >= texts_in(profile, own)) return profile;
    profile = std::move(again);
  }
}

/// Returns, of each column, what stands before its fractions if it is read in a way of its own.
std::vector<char> decimals_in(const TableProfile& profile) {
  std::vector<char> decimals;
  for (const ColumnProfile& column : profile.columns)
    decimals.push_back(column.format ? column.format->decimal : '\0');
  return decimals;
}
/// Reads it again if numbers of some columns have fractions, but not as the others have them.
TableProfile with_other_decimals(TableProfile profile) {
  std::vector<char> decimals = decimals_in(profile);
  bool any = false;
  for (std::size_t i = 0; i < decimals.size(); ++i)
    if (profile.columns[i].is_of_other_decimal()) {
      decimals[i] = profile.columns[i].own_decimal;
      any = true;
    }
  return any ? read_table(profile.file, profile.format, decimals) : std::move(profile);
}

/// Returns whether the first row may be a remark, with the names below it: a row of texts.
bool begins_with_comment(const TableProfile& profile) {
  const ColumnProfile& first = profile.columns[0];
  return first.name.starts_with('#') && profile.columns.size() > 1 &&
         std::ranges::all_of(profile.columns, [](const ColumnProfile& column) {
           return column.texts > 0 && column.first_text_row == 0;
         });
}
/// Reads it again without remarks, if that makes more columns those of numbers alone.
TableProfile without_comments(TableProfile profile) {
  const auto count = [](const TableProfile& table) {
    return std::ranges::count(table.columns, std::size_t{0}, &ColumnProfile::texts);
  };
  CsvFormat format = profile.format;
  format.comment = "#";
  TableProfile other = read_table(profile.file, format);
  return count(other) > count(profile) ? std::move(other) : std::move(profile);
}

}  // namespace

TableProfile profile_of(const std::string& file) {
  const CsvFormat found{.separator = CsvFormat::found_separator};
  try {
    TableProfile profile = read_by_any_separator(file, found);
    if (profile.format.header && profile.format.comment.empty() && begins_with_comment(profile))
      profile = without_comments(std::move(profile));
    CsvFormat format = profile.format;
    if (format.separator != ' ') format.separator = CsvFormat::found_separator;
    format.header = true;
    if (has_commas(profile)) {
      format.numbers.decimal = ',';
      profile = read_table(file, format);
    }
    profile = with_other_decimals(with_amounts(std::move(profile), format));
    if (profile.format.header) require_no_units(profile);
    if (!profile.names_again.empty() && has_names(profile))
      throw nnrun::Error("the row of names is there again", profile.names_again,
                         "take it out: it is no example");
    if (!profile.format.header) return profile;
    if (!first_row_is_data(profile)) {
      const ColumnProfile* const column = named_as_its_text(profile);
      if (column != nullptr && !has_names(profile))
        profile.doubt_of_names = "the first row is taken for names, though '" + column->name +
                                 "' is also below it: if it is an example, write header: false";
      return profile;
    }
    format = profile.format;
    format.header = false;
    return read_table(file, format, decimals_in(profile));
  } catch (const nnrun::Error& e) {
    throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
  }
}

}  // namespace nnrun::host
