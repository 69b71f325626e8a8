#include "cli/field_kinds.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nnrun/csv_column.hpp>
#include <nnrun/written_number.hpp>
#include <string>
#include <vector>
namespace nnrun::host {
namespace {

bool is_a_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_a_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_a_letter(char c) {
  return is_a_capital(c) || (c >= 'a' && c <= 'z');
}

std::string small_lettered(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (is_a_capital(c)) c = static_cast<char>(c - 'A' + 'a');
  return small;
}

template <std::size_t n>
bool is_among(std::string_view text, const std::array<std::string_view, n>& words) {
  const std::string small = small_lettered(text);
  return std::ranges::find(words, small) != words.end();
}

/// A run of digits.
struct DateGroup {
  std::size_t digits = 0;
  int value = 0;
};

/// Takes digits from the front, four at the most.
DateGroup take_group(std::string_view& text) {
  DateGroup group;
  for (; !text.empty() && is_a_digit(text.front()) && group.digits < 5; ++group.digits) {
    group.value = 10 * group.value + (text.front() - '0');
    text.remove_prefix(1);
  }
  return group;
}

bool is_year(const DateGroup& group) {
  return group.digits == 4 && group.value >= 1000 && group.value < 3000;
}
bool is_day_and_month(const DateGroup& a, const DateGroup& b) {
  const bool short_ones = a.digits >= 1 && a.digits <= 2 && b.digits >= 1 && b.digits <= 2;
  const int less = std::min(a.value, b.value), more = std::max(a.value, b.value);
  return short_ones && less >= 1 && less <= 12 && more <= 31;
}

/// Returns whether nothing follows a day, or a time does.
bool is_time_or_empty(std::string_view rest) {
  if (rest.empty()) return true;
  if (rest.front() != ' ' && rest.front() != 'T' && rest.front() != ',') return false;
  return rest.find(':') != rest.npos;
}

bool is_date_of_digits(std::string_view field) {
  const DateGroup first = take_group(field);
  if (first.digits == 0 || field.empty()) return false;
  const char separator = field.front();
  if (separator != '-' && separator != '/' && separator != '.') return false;
  field.remove_prefix(1);
  const DateGroup second = take_group(field);
  if (field.empty()) {  // a month, 2024-01, or a day, 31.01
    const bool in_two = second.digits == 2 && second.value >= 1 && second.value <= 12;
    return in_two && ((separator == '-' && is_year(first)) ||
                      (separator == '.' && first.digits == 2 && is_day_and_month(first, second)));
  }
  if (field.front() != separator) return false;
  field.remove_prefix(1);
  const DateGroup third = take_group(field);
  const bool year_first = is_year(first) && is_day_and_month(second, third),
             year_last = (is_year(third) || third.digits == 2) && is_day_and_month(first, second);
  return (year_first || year_last) && is_time_or_empty(field);
}

/// Returns the words of a name, in small letters: customer, id of customerID and of Customer ID.
std::vector<std::string> name_words(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool starts = i > 0 && is_a_capital(name[i]) && !is_a_capital(name[i - 1]),
               within = is_a_letter(name[i]) || static_cast<unsigned char>(name[i]) >= 0x80;
    if ((starts || !within) && !words.back().empty()) words.emplace_back();
    if (within) words.back() += small_lettered(name.substr(i, 1));
  }
  if (words.back().empty() && words.size() > 1) words.pop_back();
  return words;
}

/// Returns whether a name of a month stands beside a day or a year: 31 Jan 2024, Feb 2024.
bool is_date_with_month(std::string_view field) {
  constexpr std::array<std::string_view, 36> months{
      "jan",  "january",  "januar",      "feb",      "february",   "februar",
      "mar",  "march",    "m\xC3\xA4rz", "apr",      "april",      "may",
      "mai",  "jun",      "june",        "juni",     "jul",        "july",
      "juli", "aug",      "august",      "sep",      "sept",       "september",
      "oct",  "october",  "okt",         "oktober",  "nov",        "november",
      "dec",  "december", "dez",         "dezember", "m\xC3\xA4r", "mrz"};
  if (field.size() > 30 || std::ranges::none_of(field, is_a_digit) ||
      std::ranges::none_of(field, is_a_letter))
    return false;
  const std::vector<std::string> words = name_words(field);
  return words.size() == 1 && is_among(words.front(), months);
}

}  // namespace

bool is_usual_gap(std::string_view field) {
  field = detail::without_blanks(field);
  return field.empty() ||
         std::ranges::any_of(usual_gaps, [&](const char* gap) { return field == gap; });
}

bool is_date(std::string_view field) {
  return is_date_of_digits(field) || is_date_with_month(field);
}

bool is_half_of_day(std::string_view word) {
  constexpr std::array<std::string_view, 6> words{"uhr", "h", "am", "pm", "a.m.", "p.m."};
  return is_among(word, words);
}

bool is_time(std::string_view field) {
  DateGroup group = take_group(field);
  if (group.digits == 0 || group.digits > 3) return false;
  std::size_t colons = 0;
  for (; field.starts_with(':') && colons < 2; ++colons) {
    field.remove_prefix(1);
    group = take_group(field);
    if (group.digits != 2 || group.value > 59) return false;
  }
  if (field.starts_with('.')) field.remove_prefix(std::min(field.size(), std::size_t{7}));
  if (field.starts_with(' ')) field.remove_prefix(1);
  return colons > 0 && (field.empty() || is_half_of_day(field));
}

bool is_compact_date(double x) {
  if (x < 19000101 || x > 21001231 || x != std::floor(x)) return false;
  const auto day = static_cast<int>(x) % 100, month = static_cast<int>(x) / 100 % 100;
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

bool is_address(std::string_view field) {
  for (int group = 0; group < 4; ++group) {
    const DateGroup part = take_group(field);
    if (part.digits == 0 || part.digits > 3 || part.value > 255) return false;
    if (group < 3 && !field.starts_with('.')) return false;
    if (group < 3) field.remove_prefix(1);
  }
  return field.empty();
}

bool is_power(std::string_view field) {
  const std::size_t at = field.find_first_of("eE");
  return at != field.npos && at > 0 && at + 1 < field.size() &&
         std::ranges::all_of(field.substr(0, at), is_a_digit) &&
         std::ranges::all_of(field.substr(at + 1), is_a_digit);
}

bool looks_like_code(std::string_view field) {
  if (field.size() < 2 || !std::ranges::all_of(field.substr(1), is_a_digit)) return false;
  return field[0] == '0' || (field[0] == '+' && field.size() > 7);
}

std::string unit_of(std::string_view field) {
  const std::string written = detail::with_decimals(detail::with_keys(field), '.');
  const auto is_digit = [](char c) { return is_a_digit(c); };
  const auto first = std::ranges::find_if(written, is_digit);
  if (first == written.end()) return {};
  const auto unit = static_cast<std::ptrdiff_t>(detail::unit_with_digit(written));
  const auto last = std::find_if(written.rbegin() + unit, written.rend(), is_digit).base();
  const auto word = [](std::string text) {
    const auto is_of_number = [](char c) {
      return std::string_view(" +-").find(c) != std::string_view::npos;
    };
    while (!text.empty() && is_of_number(text.front())) text.erase(0, 1);
    while (!text.empty() && is_of_number(text.back())) text.pop_back();
    return text == "." || text == "," ? std::string() : text;
  };
  const std::string before = word({written.begin(), first}), behind = word({last, written.end()});
  return before.empty() ? behind : behind.empty() ? before : "";
}

std::string word_beside_number(std::string_view field) {
  std::string unit = unit_of(field);
  if (unit.empty()) return {};
  const bool has_words = unit.find(' ') != unit.npos;
  std::string_view number = field;
  if (field.ends_with(unit))
    number.remove_suffix(unit.size());
  else if (!has_words && field.starts_with(unit + " "))  // P0 is a name
    number.remove_prefix(unit.size());
  else
    return {};
  return looks_like_number(number) ? unit : std::string();
}

bool is_amount_in_unit(std::string_view field) {
  constexpr std::array<std::string_view, 39> currencies{
      "chf", "eur", "usd", "gbp", "jpy", "cny", "inr", "aud", "cad",       "sek",
      "nok", "dkk", "pln", "czk", "brl", "fr.", "kr",  "us$", "rs.",       "rs",
      "r$",  "a$",  "c$",  "s$",  "hk$", "nt$", "sgd", "hkd", "z\xC5\x82", "k\xC4\x8D",
      "ft",  "lei", "ron", "huf", "mxn", "zar", "try", "thb", "rub"};
  constexpr std::array<std::string_view, 38> units{// which stand behind a number
                                                   "kg",
                                                   "g",
                                                   "mg",
                                                   "t",
                                                   "lb",
                                                   "lbs",
                                                   "oz",
                                                   "km",
                                                   "m",
                                                   "cm",
                                                   "mm",
                                                   "mi",
                                                   "ft",
                                                   "ha",
                                                   "m\xC2\xB2",
                                                   "m\xC2\xB3",
                                                   "l",
                                                   "ml",
                                                   "\xC2\xB0"
                                                   "c",
                                                   "\xC2\xB0"
                                                   "f",
                                                   "s",
                                                   "ms",
                                                   "min",
                                                   "h",
                                                   "days",
                                                   "weeks",
                                                   "months",
                                                   "years",
                                                   "w",
                                                   "kw",
                                                   "kwh",
                                                   "hp",
                                                   "ps",
                                                   "mb",
                                                   "gb",
                                                   "sqft",
                                                   "sqm",
                                                   "mph"};
  const std::string unit = unit_of(field);
  if (unit.empty()) return false;
  std::string number = detail::with_keys(field);
  const std::size_t at = number.find(unit);
  const bool ends_in_digit = detail::unit_with_digit(number) > 0;
  number.erase(at, unit.size());
  const bool is_known = is_among(unit, units) || ends_in_digit;
  return (is_among(unit, currencies) || (at > 0 && is_known)) && looks_like_number(number);
}

char own_decimal_of(std::string_view field, const NumberFormat& how) {
  double plain = 0;
  if (nnrun::is_number(field, plain, how)) return '\0';
  for (const char decimal : {',', '.'}) {
    NumberFormat own = how;
    own.decimal = decimal;
    own.thousands = decimal == ',' ? '.' : ',';
    if (double x = 0; nnrun::is_number(field, x, own)) return decimal;
  }
  return '\0';
}

bool is_name_of_codes(std::string_view name) {
  constexpr std::array<std::string_view, 14> last{
      "id",       "uid",          "uuid", "guid", "zip", "plz",  "zipcode",
      "postcode", "postleitzahl", "isbn", "ean",  "sku", "dept", "department"};
  constexpr std::array<std::string_view, 12> things{"emp",    "employee", "customer", "account",
                                                    "store",  "branch",   "machine",  "line",
                                                    "flight", "article",  "part",     "model"};
  const std::vector<std::string> words = name_words(name);
  const std::string& word = words.back();
  if (is_among(word, last)) return true;
  const std::string before = words.size() > 1 ? words[words.size() - 2] : "";
  if ((word == "no" || word == "nr" || word == "number") && is_among(before, things)) return true;
  return word == "code" && before != "of";  // not: lines of code
}

bool is_name_of_cycle(std::string_view name) {
  constexpr std::array<std::string_view, 5> last{"weekday", "dow", "wochentag", "month", "monat"};
  const std::vector<std::string> words = name_words(name);
  return is_among(words.back(), last) ||
         (words.size() > 2 && words[words.size() - 3] == "day" && words[words.size() - 2] == "of" &&
          words.back() == "week");
}

bool is_name_of_numbering(std::string_view name) {
  constexpr std::array<std::string_view, 8> last{"key", "phone",  "telephone", "telefon",
                                                 "tel", "mobile", "fax",       "nr"};
  constexpr std::array<std::string_view, 10> things{"order",   "phone",   "telephone", "serial",
                                                    "invoice", "account", "customer",  "ticket",
                                                    "policy",  "contract"};
  const std::vector<std::string> words = name_words(name);
  const std::string& word = words.back();
  if (is_among(word, last) || word.ends_with("nummer")) return true;
  return words.size() > 1 && (word == "no" || word == "number") &&
         is_among(words[words.size() - 2], things);
}

bool names_steps(const std::vector<std::string>& classes) {
  constexpr std::array<std::string_view, 54> steps{
      "low", "medium", "mid", "middle", "high", "very low", "very high", "small", "large", "s", "m",
      "l", "xl", "poor", "fair", "good", "great", "bad", "ok", "excellent", "never", "rarely",
      "sometimes", "often", "always", "weak", "strong", "mild", "severe", "moderate", "none",
      "bronze", "silver", "gold", "average", "very good",
      // answers of surveys
      "strongly disagree", "disagree", "somewhat disagree", "neutral", "undecided",
      "neither agree nor disagree", "somewhat agree", "agree", "strongly agree",
      "very dissatisfied", "dissatisfied", "satisfied", "very satisfied", "very unlikely",
      "unlikely", "likely", "very likely", "very poor"};
  return classes.size() > 2 && std::ranges::all_of(classes, [&](const std::string& name) {
           return is_among(name, steps);
         });
}

std::optional<TotalName> total_named(std::string_view text) {
  constexpr std::array<std::string_view, 13> sums{
      "grand total", "gesamtsumme", "zwischensumme", "subtotal", "sub-total", "totals", "totale",
      "total",       "summe",       "gesamt",        "somme",    "sums",      "sum"};
  constexpr std::array<std::string_view, 7> means{
      "average", "mittelwert", "durchschnitt", "moyenne", "promedio", "mean", "avg"};
  constexpr std::size_t longest = 100;
  if (text.size() < 3 || text.size() > longest) return {};
  while (text.ends_with(':') || text.ends_with(' ')) text.remove_suffix(1);
  const std::string small = small_lettered(text);
  const auto look_for = [&](std::string_view word, bool is_mean) -> std::optional<TotalName> {
    if (small == word) return TotalName{"", is_mean};
    if (small.size() < word.size() + 2) return {};
    if (small.ends_with(word) && small[small.size() - word.size() - 1] == ' ')
      return TotalName{std::string(text.substr(0, text.size() - word.size() - 1)), is_mean};
    if (!small.starts_with(word) || (small[word.size()] != ' ' && small[word.size()] != ':'))
      return {};
    std::string_view rest = text.substr(word.size() + 1);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    for (const std::string_view between : {"of ", "for "})
      if (rest.starts_with(between)) rest.remove_prefix(between.size());
    return TotalName{std::string(rest), is_mean};
  };
  for (const std::string_view word : sums)
    if (auto name = look_for(word, false)) return name;
  for (const std::string_view word : means)
    if (auto name = look_for(word, true)) return name;
  return {};
}

bool says_yes_or_no(std::string_view text) {
  constexpr std::array<std::string_view, 8> words{"true", "false", "yes", "no", "t", "f", "y", "n"};
  return is_among(text, words);
}

bool is_bound(std::string_view text) {
  for (const std::string_view sign : {"<=", ">=", "<", ">", "\xE2\x89\xA4", "\xE2\x89\xA5"})
    if (text.starts_with(sign)) return looks_like_number(text.substr(sign.size()));
  return false;
}

bool is_gap_word(std::string_view text) {
  constexpr std::array<std::string_view, 22> words{
      "none",  "nil",    "nan",     "nat",     "na",     "n/a",         "<na>", "null",
      ".",     "..",     "--",      "---",     "*",      "#na",         "#n/a", "#ref!",
      "#num!", "#name?", "#value!", "#div/0!", "#null!", "\xE2\x80\x94"};
  return is_among(text, words) || names_nothing(text);
}

bool names_nothing(std::string_view text) {
  constexpr std::array<std::string_view, 11> words{
      "unknown",   "missing",      "n.a.", "n. a.", "not available", "undefined",
      "unbekannt", "keine angabe", "k.a.", "k. a.", "(blank)"};
  return is_among(text, words);
}

}  // namespace nnrun::host
