#include "cli/table_profile.hpp"

#include <algorithm>
#include <nnrun/csv_column.hpp>
#include <nnrun/gzip_input.hpp>
#include <utility>

#include "base/commands.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/field_kinds.hpp"
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

/// Returns whether three digits follow the only separator, and one to three stand before it.
bool is_of_thousands(std::string_view field, char separator) {
  if (field.starts_with('-') || field.starts_with('+')) field.remove_prefix(1);
  const std::size_t at = field.find(separator);
  return at != field.npos && at >= 1 && at <= 3 && field.size() == at + 4 && field[0] != '0' &&
         field.find_first_not_of("0123456789", at + 1) == field.npos;
}

/// Returns a number without what stands before and behind its digits.
std::string_view without_signs(std::string_view field) {
  constexpr const char* digits = "0123456789";
  const std::size_t first = field.find_first_of(digits);
  return first == field.npos ? field : field.substr(first, field.find_last_of(digits) + 1 - first);
}

void add_text(ColumnProfile& column, const CsvReader& rows, std::size_t at, std::size_t row) {
  std::string text(rows.field(at));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      column.has_lines = true;
      c = ' ';
    }
  if (column.texts++ == 0) {
    column.first_text = text;
    column.first_text_row = row;
    column.first_place = rows.place();
  }
  column.last_text_row = row;
  if (has_decimal_comma(text)) {
    ++column.with_comma;
    column.of_thousands += is_of_thousands(text, ',');
  }
  if (double x = 0; rows.is_number(at, x)) column.too_long += has_too_many_digits(text, x);
  const bool is_amount = !is_address(text) && (looks_like_number(text) || is_amount_in_unit(text));
  if (is_amount && column.like_numbers++ == 0) column.first_amount = text;
  column.cut_short += is_cut_short(text);
  const std::string unit = word_beside_number(text);
  if (column.unit.empty() && !unit.empty()) {
    column.unit = unit;
    column.first_in_unit = text;
  }
  column.in_unit += !unit.empty() && unit == column.unit;
  const char decimal = own_decimal_of(text, rows.number_format());
  if (column.texts == 1) column.own_decimal = decimal;
  if (decimal != column.own_decimal) column.own_decimal = '\0';
  column.own_thousands += decimal != '\0' && is_of_thousands(without_signs(text), decimal);
  column.dates += is_date(text);
  column.times += is_time(text);
  if (const auto known = column.counts.find(text); known != column.counts.end())
    ++known->second;
  else if (column.counts.size() < ColumnProfile::most_different)
    column.counts.emplace(text, 1);
  else
    ++column.without_count;
}

void add_order(ColumnProfile& column, double x, std::size_t row) {
  if (column.numbers++ > 0) {
    column.by_ones &= x == column.last + 1;
    column.down_by_ones &= x == column.last - 1;
  }
  column.high_before = column.high;
  column.sum += x;
  column.last = x;
  column.last_row = row;
}

void add_number(ColumnProfile& column, std::string_view field, double x, std::size_t row,
                const NumberFormat& how) {
  if (column.numbers == 0) column.first_number = field;
  add_order(column, x, row);
  if (!how.symbols.empty()) ++column.units[unit_of(field)];
  column.take_end(x);
  column.whole &= x == std::floor(x);
  if (how.thousands == ',' || how.thousands == '.') {
    const auto separators = std::ranges::count(field, how.thousands);
    column.grouped += separators == 1;
    if (separators > 1 || field.find(how.decimal) != field.npos) column.shows_groups = true;
  }
  if (field.find(how.decimal) != field.npos) {
    ++column.with_point;
    const bool thousands = is_of_thousands(without_signs(field), how.decimal);
    column.of_thousands += thousands;
    column.points_of_thousands += thousands;
  }
  if (is_power(field) && column.powers++ == 0) column.first_power = field;
  if (looks_like_code(field) && column.like_codes++ == 0) column.first_code = field;
  column.dates += is_compact_date(x) || is_date(field);
  if (const auto known = column.different.find(x); known != column.different.end()) {
    ++known->second;
    // of a number that is written in several ways, the shortest one is as good as any
    if (const auto other = column.spelled.find(x);
        other != column.spelled.end() && other->second != field)
      column.spelled.erase(other);
  } else if (column.different.size() < ColumnProfile::most_different) {
    column.different.emplace(x, 1);
    if (x == std::floor(x) && field != shortest(x)) column.spelled.emplace(x, field);
  }
}

/// Returns the number; NaN if it is none.
double add(ColumnProfile& column, const CsvReader& rows, std::size_t at, std::size_t row) {
  double x = 0;
  column.changes += row > 0 && column.before != rows.field(at);
  column.before = rows.field(at);
  if (is_usual_gap(rows.field(at))) {
    ++column.gaps;
  } else if (!is_address(rows.field(at)) &&
             rows.is_number(at, x, column.format ? *column.format : rows.number_format()) &&
             std::isfinite(x) && !has_too_many_digits(rows.field(at), x)) {
    add_number(column, rows.field(at), x, row,
               column.format ? *column.format : rows.number_format());
    if (x != 0 && x != 1 && column.odd_place.empty()) {
      column.first_odd = rows.field(at);
      column.odd_place = rows.place();
    }
    return x;
  } else {
    add_text(column, rows, at, row);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// Looks for a number whose thousands could be a fraction: no number of the file has more than one
/// separator, or a fraction, which would tell.
class ThousandsInDoubt {
 public:
  explicit ThousandsInDoubt(const NumberFormat& how)
      : how_(how), is_shown_(how.thousands != ',' && how.thousands != '.') {}

  void look_at(const CsvReader& rows) {
    for (std::size_t at = 0; at < rows.names().size() && !is_shown_; ++at) {
      const std::string_view field = rows.field(at);
      const auto separators = std::ranges::count(field, how_.thousands);
      const bool has_fraction = field.find(how_.decimal) != field.npos;
      if ((separators == 0 && !has_fraction) || !rows.is_number(at)) continue;
      is_shown_ = separators > 1 || has_fraction;
      if (number_.empty()) number_ = field;
    }
  }
  std::string number() const { return is_shown_ ? std::string() : number_; }

 private:
  const NumberFormat& how_;
  bool is_shown_;
  std::string number_;
};

/// Returns whether some column has numbers below a text, as a name is.
bool has_names(const TableProfile& profile) {
  return std::ranges::any_of(profile.columns, [&](const ColumnProfile& column) {
    double x = 0;
    const NumberFormat& how = column.format ? *column.format : profile.format.numbers;
    return column.numbers > 0 && column.texts == 0 && !is_usual_gap(column.name) &&
           !is_number(column.name, x, how);
  });
}

/// Returns whether names are 0, 1, 2, … or 1, 2, 3, …, as far as columns have numbers.
bool names_count(const TableProfile& profile) {
  std::size_t counted = 0;
  for (const std::size_t first : {std::size_t{0}, std::size_t{1}}) {
    counted = 0;
    for (std::size_t i = 0; i < profile.columns.size(); ++i)
      if (const ColumnProfile& column = profile.columns[i]; parse_double(column.name)) {
        if (column.name != std::to_string(i + first)) break;
        ++counted;
      }
    const auto numbers = std::ranges::count_if(
        profile.columns, [](const ColumnProfile& c) { return parse_double(c.name).has_value(); });
    if (counted >= 2 && profile.columns.size() >= 3 && std::cmp_equal(counted, numbers))
      return true;
  }
  return false;
}

/// Returns a column whose name is one of its texts; nullptr if there is none.
const ColumnProfile* named_as_its_text(const TableProfile& profile) {
  const auto found = std::ranges::find_if(
      profile.columns, [](const ColumnProfile& c) { return c.counts.contains(c.name); });
  return found == profile.columns.end() ? nullptr : &*found;
}

/// Returns whether names are numbers as their columns have them: a text beside them, of which each
/// row has its own, is no name then. Names that go on by equal steps, as years and doses do, may
/// well be names.
bool names_are_like_numbers(const TableProfile& profile) {
  std::size_t numbers = 0, within = 0, equal_steps = 0;
  double last = 0, step = 0;
  for (const ColumnProfile& column : profile.columns) {
    double name = 0;
    const NumberFormat& how = column.format ? *column.format : profile.format.numbers;
    if (column.numbers == 0 || column.texts > 0 || !is_number(column.name, name, how)) continue;
    if (numbers == 1) step = name - last;
    equal_steps += numbers > 1 && name - last == step && step != 0;
    ++numbers;
    last = name;
    within += name >= column.low && name <= column.high;
  }
  if (numbers < 2 || (numbers > 2 && equal_steps + 2 == numbers)) return false;
  if (numbers == profile.columns.size()) return true;
  return numbers * 2 > profile.columns.size() && within * 4 >= numbers * 3;
}

/// Returns whether the first row is one of data: all of it is there again, or what it has for names
/// of texts are some of them, in more columns than not, and nothing in it is a text above numbers.
bool first_row_is_data(const TableProfile& profile) {
  if (has_names(profile)) return false;
  if (!profile.names_again.empty()) return true;
  std::size_t as_below = 0, other = names_count(profile) ? 1 : 0;
  for (const ColumnProfile& column : profile.columns) {
    const bool repeats = column.texts > 0 && column.counts.size() * 2 <= column.texts;
    if (column.counts.contains(column.name))
      ++as_below;
    else if (repeats)
      ++other;
  }
  return as_below > other || (other == 0 && names_are_like_numbers(profile));
}

/// Throws Error for a first row that is a title: most columns with something in them have no name.
void require_names(const TableProfile& profile) {
  const auto n = [&](bool named) {
    return std::ranges::count_if(profile.columns, [=](const ColumnProfile& column) {
      return column.name.empty() != named && column.values() > 0;
    });
  };
  if (n(false) <= n(true)) return;
  throw nnrun::Error("the first row names only " + std::to_string(n(true)) + " of " +
                         std::to_string(n(true) + n(false)) + " columns",
                     profile.file + ":1",
                     "take titles and remarks out, so that the file begins with a name for each "
                     "column");
}

/// Throws Error if the first row, or the first two, have texts above numbers, and these columns no
/// others: units, or what columns mean.
void require_no_units(const TableProfile& profile) {
  std::vector<std::string> texts;
  std::string place;
  std::size_t rows = 1;
  for (const ColumnProfile& column : profile.columns) {
    if (column.numbers < 2 || (column.texts == 0 && column.gaps > 0)) continue;
    if (column.texts == 0 || column.texts > 2 || column.last_text_row + 1 != column.texts) return;
    texts.push_back(column.first_text);
    rows = std::max(rows, column.texts);
    place = column.first_place;
  }
  if (texts.size() < 2) return;
  if (texts.size() > 6) texts.resize(6);
  throw nnrun::Error(
      (rows == 1 ? "the row below the names is no example, but says more of the columns: "
                 : "the two rows below the names are no examples, but say more of the columns: ") +
          join(texts, ", "),
      place, rows == 1 ? "take it out" : "take them out");
}

/// decimals: of columns that are read in a way of their own, 0 for others; or empty.
TableProfile read(const std::string& file, const CsvFormat& format,
                  const std::vector<char>& decimals = {}) {
  GzipInput in(file);
  CsvFormat any = format;
  any.names_once = false;
  CsvReader rows(in, file, any);
  TableProfile profile{.file = file, .format = format};
  profile.format.separator = rows.separator();
  for (const std::string& name : rows.names()) profile.columns.push_back({.name = name});
  for (std::size_t i = 0; i < decimals.size(); ++i)
    if (decimals[i] != '\0')
      profile.columns[i].format = format_of_column(format.numbers, decimals[i]);
  if (format.header && rows.names_are_numbers()) {
    if (names_count(profile))
      profile.doubt_of_names = "the first row counts the columns, " + profile.columns[0].name +
                               ", " + profile.columns[1].name +
                               ", …, and is taken for an example: if it is none, take it out";
    profile.format.header = false;
    rows.take_names_as_row();
    for (std::size_t i = 0; i < profile.columns.size(); ++i)
      profile.columns[i].name = rows.names()[i];
  }
  std::unordered_set<std::string> names;
  for (const ColumnProfile& column : profile.columns)
    if (!names.insert(column.name).second) profile.shared_names.insert(column.name);
  ThousandsInDoubt thousands(format.numbers);
  TotalRows totals;
  std::vector<double> numbers(profile.columns.size());
  while (rows.next()) {
    if (profile.format.header && profile.columns.size() > 1 && rows.are_names()) {
      if (profile.names_again.empty()) profile.names_again = rows.place();
      continue;
    }
    thousands.look_at(rows);
    for (std::size_t i = 0; i < profile.columns.size(); ++i)
      numbers[i] = add(profile.columns[i], rows, i, profile.rows);
    totals.take(rows, numbers, profile.rows);
    ++profile.rows;
  }
  profile.doubtful_thousands = thousands.number();
  profile.totals = totals.found();
  profile.comments = rows.words_on_lines();
  if (profile.rows == 0) throw nnrun::Error("has column names, but no examples", file);
  require_names(profile);
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

/// Returns whether texts of a column are amounts that are not written as plain numbers, but for few
/// that may say that one is missing.
bool has_amounts(const ColumnProfile& column) {
  return column.texts > 0 && column.dates == 0 &&
         (column.like_numbers * 10 >= column.texts * 8 || column.is_in_unit());
}

/// Returns whether some column shows what stands before fractions: other than three digits follow.
bool shows_fractions(const TableProfile& profile) {
  return std::ranges::any_of(profile.columns, [](const ColumnProfile& column) {
    return column.texts == 0 && column.with_point > column.of_thousands;
  });
}

/// Returns how numbers are written by which some column of such texts is one of numbers. A column
/// with another decimal sign than one that shows it is read in a way of its own.
NumberFormat format_of_amounts(const TableProfile& profile) {
  NumberFormat format = profile.format.numbers;
  const bool is_sure = shows_fractions(profile);
  for (const ColumnProfile& column : profile.columns) {
    if (!has_amounts(column)) continue;
    const bool is_known = column.like_numbers * 10 >= column.texts * 8;
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
  return read(file, format);
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

std::string first_row_of(const std::string& file) {
  GzipInput in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// Returns whether a first row has several fields, and nothing but blanks between.
bool has_blanks_between(const std::string& line) {
  return line.find_first_of(",;|") == line.npos && fields_between_blanks(line) > 1;
}

/// Reads it by the separator that the first row shows, or by blanks where that makes one column
/// of what is several.
TableProfile read_by_any_separator(const std::string& file, const CsvFormat& format) {
  std::optional<TableProfile> profile;
  try {
    profile = read_in_any_letters(file, format);
  } catch (const nnrun::Error&) {
    const std::string line = first_row_of(file);
    if (!has_blanks_between(line)) throw;
    try {
      if (auto other = read_at_blanks(file, format)) return *std::move(other);
    } catch (const nnrun::Error&) {
      if (line.find('\t') == line.npos) throw;  // else tabs separate, and what is wrong is said
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

/// Reads it again as long as other ways to write numbers make more of its texts amounts.
TableProfile with_amounts(TableProfile profile, const CsvFormat& format) {
  for (;;) {
    CsvFormat other = format;
    other.encoding = profile.format.encoding;
    other.comment = profile.format.comment;
    other.numbers = format_of_amounts(profile);
    if (settings_text(other.numbers, profile.format.numbers).empty()) return profile;
    TableProfile again = read(profile.file, other);
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
  return any ? read(profile.file, profile.format, decimals) : std::move(profile);
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
  TableProfile other = read(profile.file, format);
  return count(other) > count(profile) ? std::move(other) : std::move(profile);
}

}  // namespace

void ColumnProfile::take_end(double x) {
  if (x < low) {
    above_low = std::exchange(low, x);
    at_low = 0;
  } else if (x > low) {
    above_low = std::min(above_low, x);
  }
  if (x > high) {
    below_high = std::exchange(high, x);
    at_high = 0;
  } else if (x < high) {
    below_high = std::max(below_high, x);
  }
  at_low += x == low;
  at_high += x == high;
}

bool ColumnProfile::is_in_unit() const {
  constexpr std::size_t fewest = 10;
  const bool is_name = first_in_unit.starts_with(unit) &&
                       first_in_unit.find_first_of(".,'", unit.size()) == std::string::npos;
  return !unit.empty() && in_unit * 10 >= texts * 8 && counts.size() >= fewest && times == 0 &&
         !is_name && !multiplies(unit);
}

bool ColumnProfile::has_several_units() const {
  const std::size_t none = units.contains("") ? 1 : 0;
  const bool is_amount_of_many = std::ranges::any_of(units, [](const auto& entry) {
    return is_of_shares(entry.first) || multiplies(entry.first);
  });
  return units.size() - none > 1 || (units.size() > 1 && is_amount_of_many);
}

bool ColumnProfile::numbers_rows(std::size_t rows) const {
  const bool years = low >= 1500 && high <= 2100;
  return texts == 0 && gaps == 0 && whole && rows >= 10 && (by_ones || down_by_ones) && !years;
}

bool ColumnProfile::shuffles_rows(std::size_t rows) const {
  const auto n = static_cast<double>(rows);
  // all different as far as is known, and with the sum that such numbers have
  return texts == 0 && gaps == 0 && whole && rows >= 10 && !by_ones && !down_by_ones &&
         different.size() == std::min(rows, most_different) && high - low + 1 == n &&
         sum == (low + high) / 2 * n;
}

bool ColumnProfile::spreads_by_factors() const {
  const auto first = different.upper_bound(0);
  if (low < 0 || first == different.end() || high / first->first < 50) return false;
  std::size_t all = 0, seen = 0;
  for (auto at = first; at != different.end(); ++at) all += at->second;
  double median = 0;
  for (auto at = first; seen * 2 < all; ++at) {
    median = at->first;
    seen += at->second;
  }
  const double by_factors = std::sqrt(first->first * high), by_amounts = (first->first + high) / 2;
  return median < std::sqrt(by_factors * by_amounts);
}

bool ColumnProfile::tells_rows_apart() const {
  std::size_t all = 0;
  for (const auto& entry : different) all += entry.second;
  return different.size() * 10 >= all * 9;
}

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
      profile = read(file, format);
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
    return read(file, format, decimals_in(profile));
  } catch (const nnrun::Error& e) {
    throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
  }
}

}  // namespace nnrun::host
