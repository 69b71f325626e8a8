#include "cli/table_series.hpp"

#include <algorithm>
#include <nnrun/gzip_input.hpp>
#include <nnrun/rows_in_time.hpp>
#include <unordered_set>

#include "base/commands.hpp"
#include "cli/table_words.hpp"
namespace nnrun::host {
namespace {

bool is_of_dates(const ColumnProfile& column) {
  return column.dates > 0 && column.dates == column.values();
}

std::size_t different_in(const ColumnProfile& column) {
  return column.counts.size() + column.different.size();
}

/// Returns whether several rows have the same day or time.
bool is_of_shared_dates(const TableProfile& table, const ColumnProfile& column) {
  return is_of_dates(column) && column.gaps == 0 &&
         (column.changes + 1 < table.rows || different_in(column) < table.rows) &&
         different_in(column) < ColumnProfile::most_different;
}

/// Returns whether the name is of a part of time that comes again: an hour, a weekday.
bool is_of_clock(const ColumnProfile& column) {
  std::string name = column.name;
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const char* const word :
       {"hour",      "hr",      "time",   "minute", "month",   "mnth", "weekday",
        "day",       "quarter", "season", "stunde", "uhrzeit", "zeit", "monat",
        "wochentag", "tag",     "heure",  "mois",   "jour",    "hora"})
    if (name == word || name == std::string(word) + "s") return true;
  return column.times > 0 && column.times == column.texts;
}

/// Returns whether it has few different values, texts or whole numbers, each of as many rows as a
/// window reaches over.
bool may_name_series(const TableProfile& table, const ColumnProfile& column, std::size_t window) {
  const std::size_t different = different_in(column);
  const auto has_enough = [&](const auto& entry) { return entry.second > window; };
  return !column.name.empty() && (column.texts > 0 || column.whole) && !is_of_dates(column) &&
         !is_of_clock(column) && column.gaps == 0 && column.without_count == 0 && different >= 2 &&
         different <= 100 && !table.shared_names.contains(column.name) &&
         std::ranges::all_of(column.counts, has_enough) &&
         std::ranges::all_of(column.different, has_enough);
}

bool lies_in_blocks(const ColumnProfile& column) {
  return column.changes + 1 == different_in(column);
}

/// Returns whether no two rows have the same day and the same name, up to a number of rows.
bool tell_rows_apart(const TableProfile& table, const ColumnProfile& date,
                     const ColumnProfile& name) {
  constexpr std::size_t most = 100'000;
  GzipInput in(table.file);
  CsvReader rows(in, table.file, table.format);
  std::unordered_set<std::string> seen;
  for (std::size_t row = 0; row < most && rows.next(); ++row) {
    std::string both(rows.field(table.place_of(date)));
    both += '\0';
    both += rows.field(table.place_of(name));
    if (!seen.insert(std::move(both)).second) return false;
  }
  return true;
}

/// Reads the file again, for the order of its rows. group: the column that names series, if any.
RowsInTime rows_in_time(const TableProfile& table, const ColumnProfile* group,
                        const std::vector<const ColumnProfile*>& targets) {
  GzipInput in(table.file);
  CsvReader rows(in, table.file, table.format);
  std::vector<std::string> names;
  for (const ColumnProfile* const target : targets) names.push_back(target->name);
  RowsInTime order(rows.names(), group != nullptr ? group->name : "", names);
  while (rows.next()) order.add(rows);
  return order;
}

/// Returns whether most rows are of series that are longer than a window.
bool has_long_series(const TableProfile& table, const ColumnProfile& column, std::size_t window) {
  std::size_t rows = 0;
  for (const auto& entry : column.counts) rows += entry.second > window ? entry.second : 0;
  for (const auto& entry : column.different) rows += entry.second > window ? entry.second : 0;
  return rows * 2 > table.rows;
}

}  // namespace

bool may_be_series(const TableProfile& table, const std::vector<const ColumnProfile*>& targets) {
  constexpr std::size_t usual = 24;
  const bool shared = std::ranges::any_of(table.columns, [&](const ColumnProfile& column) {
    return is_of_shared_dates(table, column);
  });
  if (shared && series_named_in(table, usual, targets) != nullptr) return true;
  if (table.columns.size() == 1) return table.columns[0].texts == 0 && table.rows >= 50;
  const bool has_days = std::ranges::any_of(table.columns, [&](const ColumnProfile& column) {
    return is_of_dates(column) && column.gaps == 0 && column.changes + 1 == table.rows &&
           different_in(column) == std::min(table.rows, ColumnProfile::most_different);
  });
  if (!has_days) return false;
  RowsInTime order = rows_in_time(table, nullptr, targets);
  order.finish();
  return std::ranges::none_of(order.doubts(), [&](const RowsInTime::Doubt& doubt) {
    return doubt.count * 5 > table.rows;  // days of birth, say
  });
}

std::string words_for_series(const TableProfile& table) {
  return "if the rows follow each other in time, an example may be some of them in a row: nnrun "
         "new config " +
         shell_word(table.file) + " --windows 24";
}

const ColumnProfile* series_named_in(const TableProfile& table, std::size_t window,
                                     const std::vector<const ColumnProfile*>& targets) {
  const auto date = std::ranges::find_if(table.columns, [&](const ColumnProfile& column) {
    return is_of_shared_dates(table, column);
  });
  for (const ColumnProfile& column : table.columns) {
    if (std::ranges::count(targets, &column) > 0 || !may_name_series(table, column, window))
      continue;
    if (lies_in_blocks(column) && (column.texts > 0 || date != table.columns.end())) return &column;
    if (date != table.columns.end() && tell_rows_apart(table, *date, column)) return &column;
  }
  const std::string found = rows_in_time(table, nullptr, targets).finish();
  const auto named = std::ranges::find(table.columns, found, &ColumnProfile::name);
  return !found.empty() && has_long_series(table, *named, window) ? &*named : nullptr;
}

std::vector<std::string> doubts_of_series(const TableProfile& table, const ColumnProfile* named,
                                          const std::vector<const ColumnProfile*>& targets) {
  std::vector<std::string> doubts;
  for (const ColumnProfile& column : table.columns) {
    if (named == nullptr && is_of_dates(column) && column.changes + 1 < table.rows)
      doubts.push_back("several rows have the same " + yaml_text(column.name) +
                       ": if the file holds several series, name the column that says which: "
                       "windows: {group: ...}");
  }
  RowsInTime order = rows_in_time(table, named, targets);
  order.finish();
  for (const RowsInTime::Doubt& doubt : order.doubts())
    doubts.push_back(doubt.what +
                     (doubt.count > 1 ? ", " + with_commas(doubt.count) + " times" : "") + ": " +
                     doubt.hint);
  return doubts;
}

}  // namespace nnrun::host
