#include "cli/input_choice.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "cli/field_kinds.hpp"
#include "cli/table_words.hpp"
namespace nnrun::host {

InputChoice unused(std::string why) {
  return {.how = "unused", .why = std::move(why), .used = false};
}

namespace {

InputChoice category(const ColumnProfile& column, const std::string& why) {
  if (column.gaps == 0) return {.how = "category", .why = why};
  return {.how = "{type: category, missing: {constant: missing}}",
          .why = why + "; " + with_commas(column.gaps) + " missing: a text of their own"};
}

/// Returns whether they repeat as categories do.
bool has_few(std::size_t different, std::size_t rows) {
  return different * 5 <= rows && different <= 50;
}

/// Returns whether words beside amounts say on which side of an account each stands.
bool has_sides_of_account(const ColumnProfile& column) {
  const std::string& word = column.unit;
  const bool differ = column.unit_of_texts().empty();
  return word == "CR" || word == "DR" || word == "Cr" || word == "Dr" ||
         (differ && (word == "S" || word == "H"));
}

/// Returns whether texts are names such as Student 1, to judge by the first.
bool counts_from_one(const ColumnProfile& column) {
  return !column.is_unit_behind() &&
         (column.first_text == column.unit + " 0" || column.first_text == column.unit + " 1");
}

/// How numbers such as 1'000, 12 % and $5 become an input.
std::string how_to_read(const ColumnProfile& column) {
  if (column.own_decimal != '\0' && column.with_point > 0)
    return ": to use it, write its numbers in one way";
  if (column.own_decimal != '\0')  // and no number tells whether three digits are thousands
    return ": to use it, write its numbers as those of the other columns, or, in the config, "
           "columns: {" +
           yaml_text(column.name) + ": {decimal: \"" + column.own_decimal + "\"}}";
  if (const std::string number = with_minus_before(column.first_text); !number.empty())
    return ": to use it, write a minus before its number: " + number;
  if (const std::size_t at = column.first_text.find(" ("); at != std::string::npos)
    return ": to use it, make columns of what stands before the brackets and in them";
  for (const char* const between : {"/", "\xC2\xB1", " x ", " of "})
    if (column.first_text.find(between) != std::string::npos)
      return std::string(": to use it, make columns of what stands before and behind the '") +
             between + "'";
  if (has_sides_of_account(column))
    return ": to use it, write a minus before the amounts of one side, and take the letters out";
  return ": to use it, take signs, units and separators of thousands out";
}

/// Returns whether most texts are numbers such as 1.2M, but not steps such as 5k, 10k and 20k.
bool are_cut_short(const ColumnProfile& column) {
  constexpr std::size_t few = 10;
  return column.cut_short * 2 > column.texts &&
         (column.unit_of_texts().empty() || column.counts.size() > few);
}

std::string words_of_cut_short(const ColumnProfile& column) {
  const std::vector<std::string> texts = sorted_texts(column);
  const auto found =
      std::ranges::find_if(texts, [](const std::string& text) { return is_cut_short(text); });
  return "numbers that are cut short, such as " +
         start_of(found == texts.end() ? column.first_text : *found) +
         ": to use it, write them in full" +
         (column.unit_of_texts().empty() || column.numbers > 0
              ? ""
              : ", or, as all have it, symbols: [" + yaml_text(column.unit_of_texts()) +
                    "] in data");
}

InputChoice choice_for_texts(const ColumnProfile& column, std::size_t rows) {
  const std::size_t different = column.counts.size();
  if (column.has_lines) return unused("texts that go over lines");
  if (column.dates == column.texts) return unused("dates, such as " + start_of(column.first_text));
  if (different == 1 && column.gaps == 0) return unused("always " + start_of(column.first_text));
  const bool repeat = column.without_count == 0 && has_few(different, rows);
  if (column.too_long == column.texts && !repeat)
    return unused("whole numbers that are too long to be told apart as numbers, such as " +
                  start_of(column.first_text));
  if (column.times == column.texts)
    return unused("times, such as " + start_of(column.first_text) +
                  ": to use them, write hours or minutes as numbers");
  if (are_cut_short(column)) return unused(words_of_cut_short(column));
  if (column.like_numbers == column.texts && !repeat)
    return unused("dates, or numbers with more than digits, such as " +
                  start_of(column.first_text) + how_to_read(column));
  if (column.without_count > 0 || (rows >= 10 && different > rows / 2))
    return unused("nearly every row has a text of its own, such as " + start_of(column.first_text) +
                  (has_sides_of_account(column) ? how_to_read(column)
                   : column.unit_of_texts().empty() || counts_from_one(column)
                       ? ""
                       : "; if these are amounts, write symbols: [" +
                             yaml_text(column.unit_of_texts()) + "] in data"));
  return category(column, texts_of(column));
}

/// Returns a text such as 1.2k; empty if the column has none.
std::string number_cut_short(const ColumnProfile& column) {
  const std::vector<std::string> texts = sorted_texts(column);
  const auto found =
      std::ranges::find_if(texts, [](const std::string& text) { return is_cut_short(text); });
  return found == texts.end() ? std::string() : *found;
}

/// Returns whether a text stands for several numbers: 4+, <18, 25-34.
bool is_range(const std::string& text) {
  return looks_like_number(text) && (text.front() == '<' || text.front() == '>' ||
                                     text.back() == '+' || text.find('-', 1) != text.npos);
}

/// Returns whether a column has 1 and 0, and words for yes and no.
bool has_two_ways_to_say_yes(const ColumnProfile& column) {
  return column.whole && column.low >= 0 && column.high <= 1 &&
         std::ranges::all_of(column.counts,
                             [](const auto& entry) { return says_yes_or_no(entry.first); });
}

/// Returns whether texts beside few whole numbers are as frequent as these: floors 1, 2, 3 and
/// Basement.
bool say_something(const ColumnProfile& column) {
  constexpr std::size_t few = 20;
  const std::size_t different = column.counts.size() + column.different.size();
  return column.whole && column.different.size() <= few &&
         std::ranges::all_of(column.counts, [&](const auto& entry) {
           return is_gap_word(entry.first) || entry.second * different * 4 >= column.values();
         });
}

/// Numbers and texts in one column: a few texts among numbers say that a value is missing.
InputChoice choice_for_both(const ColumnProfile& column, std::size_t rows) {
  constexpr std::size_t few = 20;
  const std::size_t different = column.counts.size() + column.different.size();
  const bool few_different =
      column.without_count == 0 && has_few(different, rows) && !column.has_lines;
  if (few_different && std::ranges::all_of(column.counts, &is_range,
                                           &std::pair<const std::string, std::size_t>::first))
    return category(column,
                    with_commas(column.different.size()) + " numbers and " + texts_of(column));
  if (has_two_ways_to_say_yes(column))
    return unused("1 and 0, and " + texts_of(column) + ", the first in " + column.first_place +
                  ": write 1 and 0 throughout");
  if (const std::string text = number_cut_short(column); !text.empty())
    return unused("numbers, of which some are cut short, such as " + start_of(text) +
                  ", the first in " + column.first_place + ": write the numbers in full");
  if (column.of_other_sign > 0 && column.with_point > 0)
    return unused("numbers, of which " + with_commas(column.of_other_sign) +
                  " have another sign before fractions, such as " +
                  start_of(column.first_of_other_sign) +
                  ": to use it, write its numbers in one way");
  const bool amounts = (column.like_numbers + (column.is_unit_behind() ? column.in_unit : 0)) * 10 >
                           column.values() &&
                       column.counts.size() > 2;
  const bool few_texts = column.counts.size() <= few && column.numbers > column.texts && !amounts;
  const bool all_say_missing = std::ranges::all_of(
      column.counts, [](const auto& entry) { return is_gap_word(entry.first); });
  if (few_different && !all_say_missing && say_something(column))
    return category(column,
                    with_commas(column.different.size()) + " numbers and " + texts_of(column));
  if (column.without_count == 0 && !column.has_lines &&
      (few_texts || (all_say_missing && column.numbers > 0)))
    return {
        .how = "{gaps: [" + in_yaml(sorted_texts(column)) + "], missing: median, indicator: true}",
        .why = range_of(column) + "; taken for missing: " + texts_of(column),
        .used = true,
        .gaps = sorted_texts(column)};
  if (few_different)
    return category(column,
                    with_commas(column.different.size()) + " numbers and " + texts_of(column));
  return unused(
      (amounts ? "numbers, some with more than digits, such as " : "numbers and texts, such as ") +
      start_of(column.first_text) + (amounts ? how_to_read(column) : ""));
}

/// Numbers that tell things apart, of which twice as much means nothing.
InputChoice choice_for_codes(const ColumnProfile& column, std::size_t rows,
                             const std::string& why) {
  constexpr std::size_t rows_of_each = 8;
  const std::size_t different = column.different.size();
  const bool is_known_well =
      different < ColumnProfile::most_different && different * rows_of_each <= rows;
  if (has_few(different, rows) || is_known_well)
    return category(column, with_commas(different) + why);
  const bool more = different == ColumnProfile::most_different;
  return unused(with_commas(different) + (more ? " or more" : "") + why);
}

/// Returns whether these are seconds or milliseconds since 1970, of the years from 2000 to 2037.
bool are_times(const ColumnProfile& column) {
  const auto within = [&](double from, double to) {
    return column.low >= from && column.high <= to;
  };
  return column.whole && column.tells_rows_apart() &&
         (within(946684800, 2145916800) || within(946684800e3, 2145916800e3));
}

/// Returns whether these are numbers of cards, say: no amount has as many digits in every
/// row.
bool are_long_codes(const ColumnProfile& column) {
  constexpr double long_number = 1e11;
  return column.whole && column.low >= long_number && column.tells_rows_apart() &&
         std::floor(std::log10(column.low)) == std::floor(std::log10(column.high));
}

/// Columns that the user may want all the same are inputs if there is nothing else.
InputChoice choice_for_doubtful(const ColumnProfile& column, std::size_t rows) {
  if (column.numbers_rows(rows)) return unused("counts the rows: " + range_of(column));
  if (column.whole && column.different.size() > 2 && is_name_of_codes(column.name))
    return choice_for_codes(column, rows, " numbers that tell things apart, to judge by the name");
  if (column.whole && column.high <= 12 && is_name_of_cycle(column.name) &&
      has_few(column.different.size(), rows))
    return category(column, with_commas(column.different.size()) +
                                " numbers that name days or months, to judge by the name");
  if (column.whole && column.high >= 1000 && column.tells_rows_apart() &&
      is_name_of_numbering(column.name))
    return unused("nearly every row has a number of its own, such as " + column.first_number +
                  ", and its name says that it tells rows apart");
  if (are_times(column)) return unused("times, to judge by their size: " + range_of(column));
  if (are_long_codes(column))
    return unused("nearly every row has a number of its own, of as many digits, such as " +
                  column.first_number);
  return {.how = "number", .why = range_of(column)};
}

InputChoice choice_for_numbers(const ColumnProfile& column, std::size_t rows, bool counts_count) {
  if (column.low == column.high && column.gaps == 0)
    return unused("always " + shortest(column.low));
  if (column.dates == column.numbers) return unused("dates, such as " + column.first_number);
  if (column.has_several_units())
    return unused("numbers in different units: " + words_of_units(column) +
                  ": to use it, write all of them in one");
  // months and hours with two digits are amounts
  if (column.has_codes() && (column.high >= 100 || has_few(column.different.size(), rows)))
    return choice_for_codes(column, rows, " codes, such as " + column.first_code);
  if (!counts_count) {
    const InputChoice choice = choice_for_doubtful(column, rows);
    if (choice.how != "number") return choice;
  }
  if (column.gaps == 0) return {.how = "number", .why = range_of(column)};
  return {.how = "{missing: median, indicator: true}",
          .why = range_of(column) + "; " + with_commas(column.gaps) + " missing"};
}

}  // namespace

InputChoice choice_for(const ColumnProfile& column, std::size_t rows, bool counts_count) {
  if (column.values() == 0) return unused("empty");
  if (column.numbers > 0 && column.texts > 0) return choice_for_both(column, rows);
  if (column.texts > 0) return choice_for_texts(column, rows);
  InputChoice choice = choice_for_numbers(column, rows, counts_count);
  if (column.format && choice.used) {
    choice.how = with_decimal(choice.how, *column.format);
    choice.why += words_of_decimal(*column.format);
  }
  return choice;
}

std::string with_decimal(const std::string& how, const NumberFormat& format) {
  return std::string("{decimal: \"") + format.decimal + '"' +
         (how.starts_with('{') ? ", " + how.substr(1)
          : how == "number"    ? "}"
                               : ", type: " + how + "}");
}

std::string words_of_decimal(const NumberFormat& format) {
  return std::string("; fractions behind a ") + (format.decimal == ',' ? "comma" : "point") +
         " here";
}

}  // namespace nnrun::host
