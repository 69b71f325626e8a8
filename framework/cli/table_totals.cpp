#include "cli/table_totals.hpp"

#include <algorithm>
#include <cmath>

#include "cli/field_kinds.hpp"
namespace nnrun::host {
namespace {

/// Returns half of what the last digit of a number counts, as it is written: 0.005 of 12.34.
double rounding_of(std::string_view field, char decimal) {
  const std::size_t point = field.find(decimal);
  int digits = 0;
  for (std::size_t i = point + 1; point != field.npos && i < field.size(); ++i)
    digits += field[i] >= '0' && field[i] <= '9';
  return 0.5 * std::pow(10, -digits);
}

}  // namespace

void TotalRows::Sum::add(double x) {
  low = n == 0 ? x : std::min(low, x);
  high = n == 0 ? x : std::max(high, x);
  sum += x;
  ++n;
}

bool TotalRows::Sum::is_here(double x, bool as_mean, double rounding) const {
  if (n < 2 || low == high) return false;
  const double expected = as_mean ? sum / static_cast<double>(n) : sum;
  return x != 0 && std::abs(x - expected) <= 1.001 * rounding + 1e-9 * std::abs(expected);
}

bool TotalRows::proves(TotalRow& total, const CsvReader& rows,
                       std::span<const double> numbers) const {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (std::isnan(numbers[i])) continue;
    // a sum of whole numbers is one; a mean has as many digits as somebody kept
    const double rounding =
        total.is_mean ? rounding_of(rows.field(i), rows.number_format().decimal) : 0;
    if (!all_[i].is_here(numbers[i], total.is_mean, rounding) &&
        !group_[i].is_here(numbers[i], total.is_mean, rounding))
      continue;
    total.proof = rows.names()[i];
    total.value = numbers[i];
    return true;
  }
  return false;
}

void TotalRows::take(const CsvReader& rows, std::span<const double> numbers, std::size_t row) {
  all_.resize(numbers.size());
  group_.resize(numbers.size());
  for (std::size_t i = 0; i < numbers.size() && found_.size() < most; ++i) {
    if (!std::isnan(numbers[i])) continue;
    const std::optional<TotalName> name = total_named(rows.field(i));
    if (!name) continue;
    TotalRow total{.row = row,
                   .column = i,
                   .text = std::string(rows.field(i)),
                   .of = name->of,
                   .is_mean = name->is_mean,
                   .place = rows.place()};
    proves(total, rows, numbers);
    found_.push_back(std::move(total));
    group_.assign(numbers.size(), {});
    return;
  }
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (!std::isnan(numbers[i])) {
      all_[i].add(numbers[i]);
      group_[i].add(numbers[i]);
    }
}

}  // namespace nnrun::host
