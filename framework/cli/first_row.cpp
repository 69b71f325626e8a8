#include "cli/first_row.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/field_kinds.hpp"
namespace nnrun::host {
namespace {

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

}  // namespace

bool has_names(const TableProfile& profile) {
  return std::ranges::any_of(profile.columns, [&](const ColumnProfile& column) {
    double x = 0;
    const NumberFormat& how = column.format ? *column.format : profile.format.numbers;
    return column.numbers > 0 && column.texts == 0 && !is_usual_gap(column.name) &&
           !is_number(column.name, x, how);
  });
}

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

const ColumnProfile* named_as_its_text(const TableProfile& profile) {
  const auto found = std::ranges::find_if(
      profile.columns, [](const ColumnProfile& c) { return c.counts.contains(c.name); });
  return found == profile.columns.end() ? nullptr : &*found;
}

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

void require_no_units(const TableProfile& profile) {
  std::vector<std::string> texts;
  std::string place;
  std::size_t rows = 1;
  for (const ColumnProfile& column : profile.columns) {
    if (column.numbers < 2 || (column.texts == 0 && column.gaps > 0)) continue;
    const bool has_others = column.texts > 2 || column.last_text_row + 1 != column.texts;
    if (column.texts == 0 || column.first_text_row > 0) return;
    if (has_others && column.counts.at(column.first_text) > 1) return;  // a unit stands once
    texts.push_back(column.first_text);
    if (!has_others) rows = std::max(rows, column.texts);
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

}  // namespace nnrun::host
