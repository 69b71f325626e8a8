#include "cli/column_profile.hpp"

#include <algorithm>
#include <cmath>
#include <nnrun/csv_column.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/field_kinds.hpp"
namespace nnrun::host {
namespace {

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
  column.like_numbers += is_amount;
  if (is_amount && column.first_amount.empty() && !is_date(text)) column.first_amount = text;
  column.cut_short += is_cut_short(text);
  const std::string unit = word_beside_number(text);
  if (column.unit.empty() && !unit.empty()) {
    column.unit = unit;
    column.first_in_unit = text;
  }
  column.in_unit += !unit.empty() && is_same_unit(unit, column.unit);
  const char decimal = own_decimal_of(text, rows.number_format());
  if (column.texts == 1) column.own_decimal = decimal;
  if (decimal != '\0' && column.of_other_sign++ == 0) column.first_of_other_sign = text;
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
  if (!how.symbols.empty()) {
    const std::string unit = unit_beside(field, how);
    const auto same = std::ranges::find_if(
        column.units, [&](const auto& entry) { return is_same_unit(entry.first, unit); });
    ++(same == column.units.end() ? column.units[unit] : same->second);
  }
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

}  // namespace

double ColumnProfile::take(const CsvReader& rows, std::size_t at, std::size_t row) {
  const std::string_view field = rows.field(at);
  const NumberFormat& how = format ? *format : rows.number_format();
  double x = 0;
  changes += row > 0 && before != field;
  before = field;
  if (is_usual_gap(field)) {
    ++gaps;
  } else if (!is_address(field) && rows.is_number(at, x, how) && std::isfinite(x) &&
             !has_too_many_digits(field, x)) {
    add_number(*this, field, x, row, how);
    if (x != 0 && x != 1 && odd_place.empty()) {
      first_odd = field;
      odd_place = rows.place();
    }
    return x;
  } else {
    add_text(*this, rows, at, row);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

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

bool ColumnProfile::are_amounts(std::size_t amounts) const {
  constexpr std::size_t most_words = 3, fewest = 10;
  if (amounts * 10 >= texts * 8) return true;
  if (amounts * 10 < texts * 3 || without_count > 0) return false;
  std::size_t words = 0, in_words = 0;  // different ones, and rows
  for (const auto& [text, count] : counts)
    if (text.find_first_of("0123456789") == std::string::npos) {
      ++words;
      in_words += count;
    }
  return words <= most_words && counts.size() >= words + fewest &&
         (amounts + in_words) * 10 >= texts * 8;
}

bool ColumnProfile::is_unit_behind() const {
  return !first_in_unit.starts_with(unit) ||
         first_in_unit.find_first_of(".,'", unit.size()) != std::string::npos;
}

bool ColumnProfile::is_in_unit() const {
  constexpr std::size_t fewest = 10;
  const bool is_other_number =  // 1 star beside 5 stars
      std::ranges::any_of(units, [this](const auto& entry) {
        return !entry.first.empty() && is_same_unit(entry.first, unit);
      });
  return !unit.empty() && are_amounts(in_unit) && (counts.size() >= fewest || is_other_number) &&
         times == 0 && is_unit_behind() && !multiplies(unit) && !is_half_of_day(unit);
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

}  // namespace nnrun::host
