// What a field or a name looks like: a date, an amount, a code. For configs that are made for a
// table; the reader of data sets knows numbers and texts only.
#pragma once
#include <nnrun/written_number.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
namespace nnrun::host {

/// Returns whether a field means that a value is missing wherever nobody says otherwise.
bool is_usual_gap(std::string_view field);
/// Returns whether a field is a day: 2024-01-31, 31.01.24, 31.01, 1/31/2024, 31 Jan 2024, 2024-01,
/// with or without a time behind it.
bool is_date(std::string_view field);
/// Returns whether a text is a time of a day, or how long something took: 08:30, 1:02:03, 8:30 pm.
bool is_time(std::string_view field);
/// Returns whether a word stands behind the time of a day: pm, Uhr.
bool is_half_of_day(std::string_view word);
/// Returns whether a number is a day, such as 20240131.
bool is_compact_date(double x);
/// Returns whether a field is an address of the internet, 192.168.100.205, which is no number,
/// though points could stand between its thousands.
bool is_address(std::string_view field);
/// Returns whether digits stand before and behind an e, and nothing else: 12E4.
bool is_power(std::string_view field);
/// Returns whether a number is written as amounts are not: 01277, +41791234567.
bool looks_like_code(std::string_view field);
/// Returns what stands before or behind the digits of a field: `$`, `kg`; empty if nothing does, or
/// if something stands at both ends.
std::string unit_of(std::string_view field);
/// Returns what stands beside a number and may be a unit: `pcs` of 12 pcs, `mm Hg` of 120 mm Hg,
/// `Lek` of Lek 500; empty for other fields.
std::string word_beside_number(std::string_view field);
/// Returns whether a field is an amount in a known unit: CHF 8'175, 6.29 kg.
bool is_amount_in_unit(std::string_view field);
/// Returns the character, point or comma, before the fraction of a number that is not written as
/// the others of a file: 3.850,98 where these are 1.5; 0 if it is none either way.
char own_decimal_of(std::string_view field, const NumberFormat& how);
/// Returns whether a column is called as numbers are that only tell things apart: customer_id, zip.
bool is_name_of_codes(std::string_view name);
/// Returns whether a column may be called so because its numbers name days or months: weekday.
bool is_name_of_cycle(std::string_view name);
/// Returns whether a column may be called so because it numbers things: phone, order_no, key. A
/// count may have such a name, too.
bool is_name_of_numbering(std::string_view name);
/// Returns whether classes are called as steps of a scale are: low, medium and high.
bool names_steps(const std::vector<std::string>& classes);
/// What a text in a row of sums or means says: Total, N Total, Average of N.
struct TotalName {
  std::string of;        ///< N; empty where nothing stands beside the word
  bool is_mean = false;  ///< else a sum
};
std::optional<TotalName> total_named(std::string_view text);
/// Returns whether a text says yes or no: TRUE, False, y.
bool says_yes_or_no(std::string_view text);
/// Returns whether a text is a bound, such as <0.01 or > 5.
bool is_bound(std::string_view text);
/// Returns whether a text is what people and programs write for a missing number: none, ., #DIV/0!
bool is_gap_word(std::string_view text);
/// Returns whether a class is called as people call what they do not know: unknown, n.a.
bool names_nothing(std::string_view text);

}  // namespace nnrun::host
