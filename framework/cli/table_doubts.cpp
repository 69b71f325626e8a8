#include "cli/table_doubts.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/field_kinds.hpp"
#include "cli/spelling.hpp"
#include "cli/table_words.hpp"
#include "config/flow_yaml.hpp"
namespace nnrun::host {
namespace {

/// Returns a text of the table on one line.
std::string quoted(const std::string& text) {
  return flow_yaml(text_node(text));
}

/// Returns whether the last number is the sum of all others, none of which is as large.
bool ends_with_sum(const ColumnProfile& column, std::size_t rows) {
  const double others = column.sum - column.last;
  return column.numbers >= 6 && column.different.size() >= 4 && column.last_row + 1 == rows &&
         column.low >= 0 && column.last > column.high_before &&
         std::abs(others - column.last) <= 1e-9 * column.last;
}

const ColumnProfile* sum_of(const TableProfile& table) {
  const auto found = std::ranges::find_if(
      table.columns, [&](const ColumnProfile& one) { return ends_with_sum(one, table.rows); });
  return found == table.columns.end() ? nullptr : &*found;
}

/// Returns whether a row is one of sums or means by its name: a rare word such as Total, or N Total
/// beside N.
bool is_total(const TotalRow& total, const TableProfile& table) {
  const ColumnProfile& column = table.columns[total.column];
  if (!total.of.empty()) return column.counts.contains(total.of);
  const auto known = column.counts.find(total.text);
  const std::size_t count = known == column.counts.end() ? 1 : known->second;
  return count == 1 || (!total.is_mean && count * 20 <= table.rows);
}

/// Returns the rows of sums and means; proven: those alone that are these of rows above.
std::vector<const TotalRow*> totals_in(const TableProfile& table, bool proven) {
  std::vector<const TotalRow*> found;
  for (const TotalRow& total : table.totals)
    if (is_total(total, table) && (!proven || !total.proof.empty())) found.push_back(&total);
  return found;
}

/// Returns `E Total (t.csv:12), N Total (t.csv:24)`.
std::string list_of(const std::vector<const TotalRow*>& totals) {
  constexpr std::size_t most = 6;
  std::string text;
  for (std::size_t i = 0; i < totals.size() && i < most; ++i)
    text +=
        (i == 0 ? "" : ", ") + quoted(start_of(totals[i]->text)) + " (" + totals[i]->place + ")";
  return text + (totals.size() > most ? " and " + with_commas(totals.size() - most) + " more" : "");
}

std::string words_of_totals(const TableProfile& table) {
  const std::vector<const TotalRow*> totals = totals_in(table, false);
  if (totals.empty()) return "";
  if (totals.size() > 1)
    return "rows that are called as sums and means of others are: " + list_of(totals) +
           ": take them out if they are not examples";
  const bool last = totals[0]->row + 1 == table.rows;
  return (last ? "the last row is called " + quoted(start_of(totals[0]->text))
               : "a row is called " + list_of(totals)) +
         ": take it out if it is not an example";
}

/// Returns what texts of a column are likely to be the same; empty if none are.
std::string words_of_spellings(const ColumnProfile& column) {
  constexpr std::size_t most = 10;
  std::vector<std::string> texts = sorted_texts(column);
  std::erase_if(texts, is_gap_word);
  for (const double number : {0., 1.})
    if (column.different.contains(number)) texts.push_back(shortest(number));
  const std::vector<std::vector<std::string>> groups = spellings_among(texts);
  if (groups.empty()) return "";
  bool blanks = false, accents = false;
  std::vector<std::string> listed;
  for (const std::vector<std::string>& group : groups) {
    std::string words;
    for (std::size_t i = 0; i < group.size(); ++i)
      words += (i == 0 ? "" : i + 1 < group.size() ? ", " : " and ") + quoted(group[i]);
    if (listed.size() < most) listed.push_back(std::move(words));
    blanks = blanks || std::ranges::any_of(group, &has_hidden_blank);
    accents = accents || std::ranges::any_of(group, &has_loose_accent);
  }
  return join(listed, "; ") +
         (groups.size() > most ? "; and " + with_commas(groups.size() - most) + " more" : "") +
         " in " + quoted(column.name) +
         " are taken for different texts: write them alike if they are the same" +
         (blanks ? ", without blanks that do not show" : "") +
         (accents ? ", each letter and its accent as one character" : "");
}

bool is_all_nines(double x) {
  const std::string digits = shortest(std::abs(x));
  return digits.size() >= 2 && digits.find_first_not_of('9') == digits.npos;
}

/// Returns a number that may stand for none: -999 or 9999 again and again, far from all others, any
/// number below 0 that is far below them, or a 0 or -1 that stands apart from numbers above it.
std::optional<double> sentinel_of(const ColumnProfile& column) {
  constexpr std::size_t fewest = 5, fewest_above = 20;
  constexpr double apart = 0.2;  // of what the others reach over: what is 0 now and then is near
  if (column.different.size() < fewest) return {};
  const auto [low, high] = std::pair(column.low, column.high);
  if (column.at_low >= 2 && is_all_nines(low) && column.above_low - low > high - column.above_low)
    return low;
  if (column.at_high >= 2 && is_all_nines(high) &&
      high - column.below_high > column.below_high - low)
    return high;
  // -200 of an instrument, say; a 0 far below all others may well be none of something
  const double gap = column.above_low - low, reach = high - column.above_low;
  if (low < -1 && column.at_low >= 3 &&
      (gap > reach || (column.above_low >= 0 && gap > apart * reach)))
    return low;
  const bool is_rare = column.at_low * 200 >= column.numbers && column.at_low * 2 <= column.numbers;
  if ((low == 0 || low == -1) && column.at_low >= 2 && is_rare &&
      column.different.size() >= fewest_above &&
      column.above_low >= std::max(apart * (high - column.above_low), 2.))
    return low;
  return {};
}

/// Returns a number beside which all others are as good as 0, once the column is scaled.
std::optional<double> giant_in(const ColumnProfile& column) {
  constexpr double far = 1e6;
  const auto& numbers = column.different;
  if (numbers.size() < 5 || numbers.size() == ColumnProfile::most_different) return {};
  const double low = numbers.begin()->first, high = numbers.rbegin()->first;
  const bool is_high = std::abs(high) >= std::abs(low);
  const double next = is_high
                          ? std::max(std::abs(low), std::abs(std::next(numbers.rbegin())->first))
                          : std::max(std::abs(high), std::abs(std::next(numbers.begin())->first));
  const double giant = is_high ? high : low;
  if (next == 0 || std::abs(giant) / next < far) return {};
  return giant;
}

/// is_target: no value can be put in the place of one that is missing.
void add_doubts_of_values(std::vector<std::string>& doubts, const ColumnProfile& column,
                          bool is_target = false) {
  if (std::string words = words_of_spellings(column); !words.empty())
    doubts.push_back(std::move(words));
  const std::optional<double> sign = sentinel_of(column);
  const bool has_gaps = column.texts > 0 && column.without_count == 0;  // the column's texts
  if (sign)
    doubts.push_back(
        "if " + shortest(*sign) + " in " + quoted(column.name) +
        " means that the value is missing, write " + quoted(column.name) + ": {gaps: [" +
        shortest(*sign) + (has_gaps ? ", " + in_yaml(sorted_texts(column)) : "") +
        "], missing: " + (is_target ? "drop}" : "median, indicator: true}") + " in columns");
  if (const std::optional<double> giant = giant_in(column))
    doubts.push_back(shortest(*giant) + " in " + quoted(column.name) +
                     " is more than a million times as large as every other number, which are all "
                     "but the same beside it: mend or leave out that row");
  const auto bare = column.units.find("");  // the unit of that sign alone says nothing
  const auto signs = sign ? column.different.find(*sign) : column.different.end();
  const bool only_sign = signs != column.different.end() && column.units.size() == 2 &&
                         bare != column.units.end() && bare->second == signs->second;
  if (column.units.size() > 1 && !only_sign)
    doubts.push_back("numbers in " + quoted(column.name) + " have different units (" +
                     words_of_units(column) +
                     "), which are left out: make one of them if they are not the same");
}

/// Nothing in the file tells whether these are thousands or fractions.
std::string words_of_thousands(const TableProfile& table) {
  const NumberFormat& how = table.format.numbers;
  std::string digits = table.doubtful_thousands;
  std::erase(digits, how.thousands);
  return quoted(table.doubtful_thousands) + " is read as " + digits +
         ", since three digits follow each " + (how.thousands == ',' ? "comma" : "point") +
         ": if fractions do, " +
         (how.thousands == ',' ? "write decimal: \",\" in place of thousands"
                               : "leave decimal and thousands out");
}

/// Another column has thousands, but this one may have fractions.
std::string words_of_groups(const TableProfile& table, const ColumnProfile& column) {
  const char separator = table.format.numbers.thousands;
  std::string digits = column.first_number;
  std::erase(digits, separator);
  return quoted(column.first_number) + " in " + quoted(column.name) + " is read as " + digits +
         (table.format.numbers.decimal == ','
              ? ", since elsewhere a comma stands before fractions: if fractions follow the "
          : std::ranges::any_of(table.columns,
                                [&](const ColumnProfile& other) {
                                  return &other != &column &&
                                         (other.grouped > 0 ||
                                          (other.shows_groups && other.with_point == 0));
                                })
              ? ", since other columns have thousands: if fractions follow the "
              : ", since three digits follow each comma: if fractions follow the ") +
         (separator == ',' ? "comma" : "point") + " there, write columns: {" + quoted(column.name) +
         ": {decimal: \"" + separator + "\"}}";
}

/// Nor here, where they are read as fractions.
std::string words_of_fractions(const TableProfile& table, const ColumnProfile& column) {
  const bool comma = table.format.numbers.decimal == ',';
  const bool all = std::ranges::all_of(table.columns, [](const ColumnProfile& one) {
    return one.with_point == 0 || one.is_of_thousands();
  });
  const std::string what = comma ? "commas" : "points";
  return "if " + what + " stand between thousands in " + quoted(column.name) + ", " +
         (!all    ? "take them out of the file"
          : comma ? "write thousands: \",\" in place of decimal"
                  : "write decimal: \",\" and thousands: \".\" in data") +
         ": each has three digits behind it";
}

/// Returns what keeps a target of 0 and 1 from being a yes or no: few rows of many; or nothing.
std::string words_of_odd_rows(const ColumnProfile& target) {
  const auto count = [&](double x) {
    const auto found = target.different.find(x);
    return found == target.different.end() ? 0 : found->second;
  };
  const std::size_t no = count(0), yes = count(1), odd = target.numbers - no - yes;
  if (target.texts > 0 || no == 0 || yes == 0 || odd == 0 || odd * 100 > target.numbers) return "";
  return quoted(target.name) + " is 0 or 1, but in " + with_commas(odd) + " of " +
         with_commas(target.numbers) + " rows, the first " + target.first_odd + " in " +
         target.odd_place +
         ", so it is read as a number: mend or leave out such rows if it says "
         "no or yes";
}

void add_doubts_of_target(std::vector<std::string>& doubts, const ColumnProfile& target,
                          std::size_t rows) {
  if (target.numbers_rows(rows))
    doubts.push_back(quoted(target.name) +
                     " only counts the rows: name what is to be predicted with --target");
  if (std::string words = words_of_odd_rows(target); !words.empty())
    doubts.push_back(std::move(words));
  if (target.texts == 0 && target.low == 0 && target.different.size() > 10 &&
      target.spreads_by_factors())
    doubts.push_back(
        quoted(target.name) + " reaches from 0 to " + readable(target.high) +
        ", and most of it is small beside that, so a few rows decide what is learned: to learn it "
        "by factors, write log(1 + " +
        target.name + ") into the file, or leave out rows of 0 and write target_scale: log");
  std::vector<std::string> rare;
  for (const auto& [text, count] : target.counts) {
    if (names_nothing(text))
      doubts.push_back("if " + quoted(text) + " in " + quoted(target.name) +
                       " means that it is not known, leave these fields empty: rows without a "
                       "target are left out");
    if (count == 1) rare.push_back(quoted(text));
  }
  std::ranges::sort(rare);
  constexpr std::size_t most = 6;
  const bool more = rare.size() > most;
  if (more) rare.resize(most);
  if (!rare.empty())
    doubts.push_back((rare.size() == 1 ? "only one row is of the class "
                                       : "only one row is of each of the classes ") +
                     join(rare, ", ") + (more ? ", ..." : ""));
}

}  // namespace

void require_no_totals(const TableProfile& table) {
  const std::vector<const TotalRow*> totals = totals_in(table, true);
  if (totals.empty()) return;
  const TotalRow& first = *totals[0];
  const std::string name = quoted(start_of(first.text));
  throw DataError(Problem{
      .what =
          (first.row + 1 == table.rows ? "the last row, " + name + "," : "the row called " + name) +
          " holds " + (first.is_mean ? "means" : "sums") +
          " of the rows above: " + quoted(first.proof) + " is " + shortest(first.value),
      .where = first.place,
      .hint = totals.size() == 1
                  ? "take that row out: it is not an example"
                  : "take these rows out, which are not examples: " + list_of(totals)});
}

std::vector<std::string> doubts_of(const TableProfile& table,
                                   const std::vector<const ColumnProfile*>& used,
                                   const std::vector<const ColumnProfile*>& targets) {
  std::vector<std::string> doubts;
  if (!table.doubt_of_names.empty()) doubts.push_back(table.doubt_of_names);
  if (std::string words = words_of_totals(table); !words.empty())
    doubts.push_back(std::move(words));
  if (const ColumnProfile* const sum = sum_of(table))
    doubts.push_back("the last row has the sum of all others in " + quoted(sum->name) +
                     ": take it out if it is not an example");
  if (!table.doubtful_thousands.empty())
    doubts.push_back(words_of_thousands(table));
  else
    for (const ColumnProfile& column : table.columns)
      if (!column.format && column.may_be_of_fractions(table.format.numbers.thousands))
        doubts.push_back(words_of_groups(table, column));
  for (const ColumnProfile& column : table.columns)
    if (!column.format && (column.may_be_of_thousands() ||
                           (table.format.separator != ',' && table.format.separator != ' ' &&
                            table.format.numbers.decimal == '.' && column.is_of_thousands() &&
                            column.with_point > 0)))
      doubts.push_back(words_of_fractions(table, column));
  for (const ColumnProfile* const column : used) {
    add_doubts_of_values(doubts, *column);
    if (column->powers > 0)
      doubts.push_back(quoted(column->first_power) + " in " + quoted(column->name) +
                       " is a power of ten: if these are codes, write columns: {" +
                       quoted(column->name) + ": category}");
    constexpr std::size_t many = 20, few_rows = 4;
    const std::size_t texts = column->counts.size();
    if (texts > many && (is_name_of_codes(column->name) || column->texts < texts * few_rows))
      doubts.push_back(
          quoted(column->name) + " has " + with_commas(column->counts.size()) +
          " texts, each in some " +
          with_commas((column->texts + column->counts.size() / 2) / column->counts.size()) +
          " rows: nothing is learned of others, and the test part has the same ones; "
          "make it unused unless they are all there are");
    if (column->shuffles_rows(table.rows))
      doubts.push_back("each row has a number of its own in " + quoted(column->name) +
                       ": make it unused if that only tells rows apart");
  }
  for (const ColumnProfile* const target : targets) {
    add_doubts_of_values(doubts, *target, true);
    add_doubts_of_target(doubts, *target, table.rows);
  }
  constexpr std::size_t most = 20;
  if (doubts.size() > most) doubts.resize(most);
  return doubts;
}

}  // namespace nnrun::host
