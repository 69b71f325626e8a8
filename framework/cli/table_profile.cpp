#include "cli/table_profile.hpp"

#include <algorithm>
#include <nnrun/csv_column.hpp>
#include <nnrun/input_file.hpp>

#include "base/commands.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
namespace nnrun::host {
namespace {

bool is_usual_gap(std::string_view field) {
  return field.empty() ||
         std::ranges::any_of(usual_gaps, [&](const char* gap) { return field == gap; });
}

bool has_decimal_comma(std::string_view field) {
  const std::size_t comma = field.find(',');
  if (comma == field.npos || field.find_first_of(".,", comma + 1) != field.npos) return false;
  std::string with_point(field);
  with_point[comma] = '.';
  return parse_double(with_point).has_value();
}

/// Dates, percentages, amounts with a currency sign or with separators of thousands.
bool looks_like_number(std::string_view field) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (field.find_first_of("0123456789") == field.npos || is_letter(field.front())) return false;
  return std::ranges::all_of(field, [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("0123456789 .,:+-/%$'eETZ").find(c) != std::string_view::npos;
  });
}

/// Returns whether three digits follow the only separator, and one to three stand before it.
bool is_of_thousands(std::string_view field, char separator) {
  if (field.starts_with('-') || field.starts_with('+')) field.remove_prefix(1);
  const std::size_t at = field.find(separator);
  return at != field.npos && at >= 1 && at <= 3 && field.size() == at + 4 && field[0] != '0' &&
         field.find_first_not_of("0123456789", at + 1) == field.npos;
}

void add_text(ColumnProfile& column, const CsvReader& rows, std::size_t at) {
  std::string text(rows.field(at));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      column.has_lines = true;
      c = ' ';
    }
  if (column.texts++ == 0) {
    column.first_text = text;
    column.first_place = rows.place();
  }
  if (has_decimal_comma(text)) {
    ++column.with_comma;
    column.of_thousands += is_of_thousands(text, ',');
  }
  column.like_numbers += looks_like_number(text);
  if (const auto known = column.counts.find(text); known != column.counts.end())
    ++known->second;
  else if (column.counts.size() < ColumnProfile::most_different)
    column.counts.emplace(text, 1);
  else
    ++column.without_count;
}

void add_number(ColumnProfile& column, std::string_view field, double x) {
  if (column.numbers++ > 0) column.counts_rows &= x == column.high + 1;
  column.low = std::min(column.low, x);
  column.high = std::max(column.high, x);
  column.whole &= x == std::floor(x);
  if (field.find_first_of(".,") != field.npos) {
    ++column.with_point;
    column.of_thousands += is_of_thousands(field, '.');
  }
  column.with_zeros +=
      field.size() > 1 && field[0] == '0' && field.find_first_not_of("0123456789") == field.npos;
  if (const auto known = column.different.find(x); known != column.different.end())
    ++known->second;
  else if (column.different.size() < ColumnProfile::most_different)
    column.different.emplace(x, 1);
}

void add(ColumnProfile& column, const CsvReader& rows, std::size_t at) {
  double x = 0;
  if (is_usual_gap(rows.field(at)))
    ++column.gaps;
  else if (rows.is_number(at, x) && std::isfinite(x))
    add_number(column, rows.field(at), x);
  else
    add_text(column, rows, at);
}

/// Returns whether the first row is one of data: what it has for a name of texts is one of them.
bool first_row_is_data(const TableProfile& profile) {
  return std::ranges::any_of(profile.columns, [](const ColumnProfile& column) {
    return column.counts.contains(column.name);
  });
}

TableProfile read(const std::string& file, const CsvFormat& format) {
  std::ifstream in = open_input(file);
  if (in.peek() == 0x1f)
    throw nnrun::Error(
        "a compressed file", file,
        "unpack it for this: gunzip -k " + shell_word(file) + "; the config may then name either");
  CsvReader rows(in, file, format);
  TableProfile profile{.file = file, .format = format};
  profile.format.separator = rows.separator();
  if (format.header && rows.names_are_numbers()) {
    profile.format.header = false;
    rows.take_names_as_row();
  }
  for (const std::string& name : rows.names()) profile.columns.push_back({.name = name});
  for (; rows.next(); ++profile.rows)
    for (std::size_t i = 0; i < profile.columns.size(); ++i) add(profile.columns[i], rows, i);
  if (profile.rows == 0) throw nnrun::Error("has column names, but no examples", file);
  return profile;
}

/// Returns whether a column has numbers only if a comma stands before fractions.
bool has_commas(const TableProfile& profile) {
  return profile.format.separator != ',' &&
         std::ranges::any_of(profile.columns, [](const ColumnProfile& column) {
           return column.texts > 0 && column.with_comma == column.texts &&
                  column.of_thousands < column.with_comma;
         });
}

}  // namespace

TableProfile profile_of(const std::string& file) {
  CsvFormat format{.separator = CsvFormat::found_separator};
  try {
    TableProfile profile;
    try {
      profile = read(file, format);
    } catch (const nnrun::Error& e) {
      if (!std::string_view(e.what()).starts_with("is not UTF-8")) throw;
      format.encoding = "windows-1252";
      profile = read(file, format);
    }
    if (has_commas(profile)) {
      format.decimal = ',';
      profile = read(file, format);
    }
    if (!profile.format.header || !first_row_is_data(profile)) return profile;
    format.header = false;
    return read(file, format);
  } catch (const nnrun::Error& e) {
    throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
  }
}

}  // namespace nnrun::host
