#include "cli/table_doubts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/field_kinds.hpp"
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

/// Returns the column in which the last row, and it alone, is called a total.
const ColumnProfile* total_of(const TableProfile& table) {
  const auto found = std::ranges::find_if(table.columns, [&](const ColumnProfile& one) {
    return one.totals == 1 && one.total_row + 1 == table.rows;
  });
  return found == table.columns.end() ? nullptr : &*found;
}

/// Blanks that programs write, and that do not show, or not as something else than a blank.
constexpr std::array hidden_blanks{"\xC2\xA0", "\xE2\x80\x8B", "\xEF\xBB\xBF"};

bool has_hidden_blank(const std::string& text) {
  return std::ranges::any_of(hidden_blanks,
                             [&](const char* blank) { return text.find(blank) != text.npos; });
}

/// Returns a text without blanks and capital letters.
std::string small_lettered(std::string text) {
  std::erase(text, ' ');
  for (const char* const blank : hidden_blanks)
    for (std::size_t at; (at = text.find(blank)) != text.npos;)
      text.erase(at, std::string_view(blank).size());
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Returns two texts that differ in capital letters or blanks only: `Ham and ham`; empty if there
/// are none.
std::string twins_of(const ColumnProfile& column) {
  std::map<std::string, std::string> seen;
  std::string found;
  for (const auto& entry : column.counts) {
    const auto [place, is_new] = seen.emplace(small_lettered(entry.first), entry.first);
    if (is_new) continue;
    const std::string pair = quoted(std::min(place->second, entry.first)) + " and " +
                             quoted(std::max(place->second, entry.first));
    if (found.empty() || pair < found) found = pair;
  }
  return found;
}

bool is_all_nines(double x) {
  const std::string digits = shortest(std::abs(x));
  return digits.size() >= 2 && digits.find_first_not_of('9') == digits.npos;
}

/// Returns a number such as -999 that occurs again and again, far from all others.
std::optional<double> sentinel_of(const ColumnProfile& column) {
  const auto& numbers = column.different;
  if (numbers.size() < 5 || numbers.size() == ColumnProfile::most_different) return {};
  const auto first = numbers.begin(), last = std::prev(numbers.end());
  const auto stands_out = [](const auto& one, double next, double far) {
    return one.second >= 2 && is_all_nines(one.first) &&
           std::abs(one.first - next) > std::abs(far - next);
  };
  if (stands_out(*first, std::next(first)->first, std::prev(last)->first)) return first->first;
  if (stands_out(*last, std::prev(last)->first, std::next(first)->first)) return last->first;
  return {};
}

void add_doubts_of_values(std::vector<std::string>& doubts, const ColumnProfile& column) {
  if (const std::string twins = twins_of(column); !twins.empty())
    doubts.push_back(twins + " in " + quoted(column.name) +
                     " are taken for different texts: write them alike if they are the same" +
                     (has_hidden_blank(twins) ? ", without blanks that do not show" : ""));
  if (const std::optional<double> sign = sentinel_of(column))
    doubts.push_back("if " + shortest(*sign) + " in " + quoted(column.name) +
                     " means that the value is missing, leave these fields empty");
  if (column.units.size() > 1)
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
              : ", since other columns have thousands: if fractions follow the ") +
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

void add_doubts_of_target(std::vector<std::string>& doubts, const ColumnProfile& target,
                          std::size_t rows) {
  if (target.numbers_rows(rows))
    doubts.push_back(quoted(target.name) +
                     " only counts the rows: name what is to be predicted with --target");
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
  const ColumnProfile *const total = total_of(table), *const sum = sum_of(table);
  if (total == nullptr || sum == nullptr) return;
  throw DataError(Problem{.what = "the last row, " + quoted(total->total) +
                                  ", holds sums of the rows above: " + quoted(sum->name) + " is " +
                                  shortest(sum->last),
                          .where = table.file,
                          .hint = "take that row out: it is not an example"});
}

std::vector<std::string> doubts_of(const TableProfile& table,
                                   const std::vector<const ColumnProfile*>& used,
                                   const std::vector<const ColumnProfile*>& targets) {
  std::vector<std::string> doubts;
  if (!table.doubt_of_names.empty()) doubts.push_back(table.doubt_of_names);
  if (const ColumnProfile* const total = total_of(table))
    doubts.push_back("the last row is called " + quoted(total->total) +
                     ": take it out if it is not an example");
  if (const ColumnProfile* const sum = sum_of(table))
    doubts.push_back("the last row has the sum of all others in " + quoted(sum->name) +
                     ": take it out if it is not an example");
  if (!table.doubtful_thousands.empty())
    doubts.push_back(words_of_thousands(table));
  else
    for (const ColumnProfile& column : table.columns)
      if (column.may_be_of_fractions()) doubts.push_back(words_of_groups(table, column));
  for (const ColumnProfile& column : table.columns)
    if (column.may_be_of_thousands() ||
        (table.format.separator != ',' && table.format.numbers.decimal == '.' &&
         column.is_of_thousands() && column.with_point > 0))
      doubts.push_back(words_of_fractions(table, column));
  for (const ColumnProfile* const column : used) {
    add_doubts_of_values(doubts, *column);
    if (column->shuffles_rows(table.rows))
      doubts.push_back("each row has a number of its own in " + quoted(column->name) +
                       ": make it unused if that only tells rows apart");
  }
  for (const ColumnProfile* const target : targets) {
    add_doubts_of_values(doubts, *target);
    add_doubts_of_target(doubts, *target, table.rows);
  }
  constexpr std::size_t most = 20;
  if (doubts.size() > most) doubts.resize(most);
  return doubts;
}

}  // namespace nnrun::host
