// What one column of a text file holds: the facts from which a config for the file is written.
#pragma once
#include <cstddef>
#include <limits>
#include <map>
#include <nnrun/csv.hpp>
#include <optional>
#include <string>
#include <unordered_map>
namespace nnrun::host {

struct ColumnProfile {
  static constexpr std::size_t most_different = 1000;

  std::string name;  ///< may be empty
  std::size_t gaps = 0, numbers = 0, texts = 0;
  std::unordered_map<std::string, std::size_t> counts{};  ///< of texts; at most most_different
  std::size_t without_count = 0;                          ///< texts beyond these
  std::size_t first_text_row = 0, last_text_row = 0;      ///< where the first and last one are
  std::string first_text{}, first_place{};                ///< that is not a number, and where it is
  std::map<double, std::size_t> different{};  ///< how often each number is there; likewise
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  /// How often these two are there, and the numbers that come next to them.
  std::size_t at_low = 0, at_high = 0;
  double above_low = std::numeric_limits<double>::infinity();
  double below_high = -std::numeric_limits<double>::infinity();
  bool whole = true;                         ///< all numbers are
  bool by_ones = true, down_by_ones = true;  ///< each is 1 more, or less, than that before
  double sum = 0, last = 0;
  double high_before = -std::numeric_limits<double>::infinity();  ///< without the last number
  std::size_t last_row = 0;                                       ///< where the last number is
  std::string first_number{};                                     ///< as the file writes it
  std::string first_odd{}, odd_place{};        ///< number that is neither 0 nor 1, and where it is
  std::map<double, std::string> spelled{};     ///< whole numbers that are written otherwise: 1.0
  std::size_t with_comma = 0;                  ///< texts such as 12,5
  std::size_t of_thousands = 0;                ///< of these, 12,500; or numbers such as 12.500
  std::size_t with_point = 0;                  ///< numbers such as 12.5, or 12,5 by decimal comma
  std::size_t points_of_thousands = 0;         ///< of these, such as 12.500
  std::size_t grouped = 0;                     ///< numbers with one separator of thousands: 1,200
  bool shows_groups = false;                   ///< some number has several of these, or a fraction
  std::size_t too_long = 0;                    ///< texts: whole numbers that a double rounds
  std::size_t like_numbers = 0;                ///< texts such as dates, 1'000, 10 %
  std::string first_amount{};                  ///< of these
  std::map<std::string, std::size_t> units{};  ///< beside numbers: $, kg; empty: none
  char own_decimal = '\0';  ///< of all texts that are numbers written otherwise: 3.850,98; or 0
  std::size_t of_other_sign = 0;         ///< texts that are numbers written otherwise
  std::string first_of_other_sign{};     ///< of these
  std::size_t own_thousands = 0;         ///< of these, such as 12.500, which may have no fraction
  std::optional<NumberFormat> format{};  ///< of its numbers, if they are not as in the file
  std::size_t cut_short = 0;             ///< texts such as 1.2M
  std::string unit{};           ///< the word beside the number of the first text that has one
  std::string first_in_unit{};  ///< that text
  std::size_t in_unit = 0;      ///< texts with the same word
  std::size_t like_codes = 0;   ///< numbers such as 01277
  std::string first_code{};     ///< of these
  std::size_t powers = 0;       ///< numbers such as 12E4, which may be codes
  std::string first_power{};    ///< of these
  std::size_t dates = 0;        ///< texts such as 2024-01-31, numbers such as 20240131
  std::size_t times = 0;        ///< texts such as 08:30 or 8:30 pm
  bool has_lines = false;       ///< some text goes over lines
  std::string before{};         ///< the last value
  std::size_t changes = 0;      ///< how often one differs from that before it

  /// Returns whether separators stand between thousands: three digits follow each.
  bool is_of_thousands() const {
    return of_thousands > 0 && of_thousands == with_comma + with_point;
  }

  /// Returns whether what is taken for a separator of thousands may stand before fractions: each
  /// number has one, and nothing else, as in 1.350; of commas only where one digit stands before
  /// it: 12,350 is an amount of thousands wherever points are before fractions.
  bool may_be_of_fractions(char separator) const {
    const bool is_small = high < 10'000 && low > -10'000;
    return grouped > 0 && !shows_groups && grouped == numbers && (separator == '.' || is_small);
  }

  /// The same of numbers: three digits follow each point, and where there is none, up to three
  /// stand there, as in 978 beside 1.936.
  bool may_be_of_thousands() const {
    return is_of_thousands() && with_point >= 3 && numbers > with_point && low > -1000 &&
           high < 1000;
  }

  /// Returns whether its texts are numbers with fractions, but not as the file has them; what the
  /// file would take for fractions may be thousands then.
  bool is_of_other_decimal() const {
    return texts > 0 && own_decimal != '\0' && own_thousands < texts && dates * 2 < texts &&
           too_long == 0 &&
           (with_point == 0 || (points_of_thousands == with_point && texts * 20 >= values()));
  }

  /// Returns whether days are what it holds, not only numbers that look like one: 26.03.
  bool has_dates() const { return dates * 2 >= values(); }
  /// Takes how many of its texts are amounts. Returns whether it is a column of amounts: nearly all
  /// texts are, or the others are a few words that come again and again, such as "unknown".
  bool are_amounts(std::size_t amounts) const;
  /// Returns the word beside the number of all texts, if any.
  std::string unit_of_texts() const { return in_unit == texts ? unit : std::string(); }
  /// Returns whether nearly all texts are amounts in one unit, whatever that is: 12 Stk. A word
  /// before plain digits makes names of them, such as Room 12; and steps have few numbers.
  bool is_in_unit() const;
  /// Returns whether that word can be a unit: it stands behind, or before more than digits.
  bool is_unit_behind() const;

  /// Takes the field of a row; `at`: its place there. Returns its number; NaN if it is none.
  double take(const CsvReader& rows, std::size_t at, std::size_t row);
  /// Takes a number for the two ends.
  void take_end(double x);
  /// Returns whether numbers are in more than one unit, or some of them, but not all, per cent
  /// or millions.
  bool has_several_units() const;
  std::size_t values() const { return numbers + texts; }

  /// Returns whether it only tells rows apart: whole numbers without gaps, one after the other, up
  /// or down. A year for each row is an amount.
  bool numbers_rows(std::size_t rows) const;
  /// Returns whether it has the numbers of rows in another order: of ranks that means something.
  bool shuffles_rows(std::size_t rows) const;
  /// Returns whether amounts above 0 lie evenly by their logarithms and not by themselves: the
  /// median is nearer to the middle of the logarithms.
  bool spreads_by_factors() const;
  /// Returns whether nearly every row has a number of its own.
  bool tells_rows_apart() const;
  /// Returns whether some numbers begin with 0 or +, as codes do.
  bool has_codes() const { return whole && like_codes > 0 && like_codes * 100 >= numbers; }
};

}  // namespace nnrun::host
