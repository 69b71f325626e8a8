// Numbers as people write them: 1,200.50 or 612.176,72, $5 or 89 %.
#pragma once
#include <nnrun/number_text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace nnrun {

/// How a file writes its numbers.
struct NumberFormat {
  char decimal = '.';                     ///< stands before a fraction
  char thousands = '\0';                  ///< between groups of three digits; '\0': nothing does
  std::vector<std::string> symbols = {};  ///< that may stand before or behind, such as $ or %

  bool is_plain() const { return thousands == '\0' && symbols.empty(); }
};

/// Returns what a config's word for it stands for: itself, or a blank for `space`.
inline char thousands_named(std::string_view word) {
  return word.size() == 1 ? word.front() : word == "space" ? ' ' : '\0';
}

namespace detail {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
/// Writes blanks that are not to be broken, and the apostrophe, the minus and the dash of
/// typesetters, as those of keyboards.
inline std::string with_keys(std::string_view text) {
  std::string out(text);
  for (const auto& [letter, key] : {std::pair{"\xC2\xA0", " "}, std::pair{"\xE2\x80\xAF", " "},
                                    std::pair{"\xE2\x80\x99", "'"}, std::pair{"\xE2\x88\x92", "-"},
                                    std::pair{"\xE2\x80\x93", "-"}, std::pair{"\xE2\x80\x94", "-"}})
    for (std::size_t at; (at = out.find(letter)) != out.npos;)
      out.replace(at, std::string_view(letter).size(), key);
  return out;
}
/// Returns whether it has a half or quarters as one letter.
inline bool has_quarters(std::string_view text) {
  const std::size_t at = text.find('\xC2');
  return at != text.npos && at + 1 < text.size() && text[at + 1] >= '\xBC' &&
         text[at + 1] <= '\xBE';
}
/// Writes a half and quarters as decimals: 3.5 for 3½, 0.25 for ¼.
inline std::string with_decimals(std::string text, char decimal) {
  constexpr std::string_view digits[] = {"25", "5", "75"};
  while (has_quarters(text)) {
    const std::size_t at = text.find('\xC2');
    std::size_t end = at;
    while (end > 0 && text[end - 1] == ' ') --end;  // 3 ½
    const bool is_behind = end > 0 && is_digit(text[end - 1]);
    const std::string_view fraction = digits[text[at + 1] - '\xBC'];
    text.replace(is_behind ? end : at, at + 2 - (is_behind ? end : at),
                 (is_behind ? "" : "0") + std::string(1, decimal).append(fraction));
  }
  return text;
}
/// Returns whether it starts with the minus or the dash of typesetters, or ends with any dash.
inline bool has_dash(std::string_view text) {
  return text.starts_with("\xE2\x88\x92") || text.starts_with("\xE2\x80\x93") ||
         text.ends_with('-') || text.ends_with("\xE2\x80\x93") || text.ends_with("\xE2\x80\x94");
}
inline std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Takes the symbols away, of several that fit the longest: kg, not g. A sign may stand before or
/// behind the first one. taken: what was taken away is added to it.
inline std::string without_symbols(std::string_view text, const NumberFormat& how,
                                   std::string& taken) {
  std::string_view sign;
  for (bool again = true; again;) {
    text = without_blanks(text);
    if (sign.empty() && (text.starts_with('-') || text.starts_with('+'))) {
      sign = text.substr(0, 1);
      text = without_blanks(text.substr(1));
    }
    std::size_t before = 0, behind = 0;
    for (const std::string& symbol : how.symbols) {
      if (text.starts_with(symbol)) before = std::max(before, symbol.size());
      if (text.ends_with(symbol)) behind = std::max(behind, symbol.size());
    }
    again = before + behind > 0;
    taken += before > 0 ? text.substr(0, before) : text.substr(text.size() - behind);
    text.remove_prefix(before);
    if (before == 0) text.remove_suffix(behind);
  }
  return std::string(sign).append(text);
}

/// Takes the dashes away that stand for no cents, as in 11.198,- and 45.--.
inline std::string_view without_no_cents(std::string_view text, char decimal) {
  std::string_view rest = text;
  for (int i = 0; i < 2 && rest.ends_with('-'); ++i) rest.remove_suffix(1);
  const bool has_some = rest.size() < text.size() && rest.size() > 1 && rest.back() == decimal &&
                        is_digit(rest[rest.size() - 2]);
  return has_some ? rest.substr(0, rest.size() - 1) : text;
}

/// Takes what stands between thousands out. Returns an empty text unless three digits follow each,
/// or two follow all but the last, as in India, and if it begins with 0: 0,697 is a fraction.
inline std::string without_thousands(std::string_view text, const NumberFormat& how) {
  const std::size_t end = std::min(text.find(how.decimal), text.size());
  const std::size_t first = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  std::string out(text.substr(0, first));
  std::size_t digits = 0, groups = 0, between = 0;  // between: digits of groups but first and last
  for (std::size_t i = first; i < end; ++i) {
    if (text[i] != how.thousands) {
      if (!is_digit(text[i])) return {};
      out += text[i];
      ++digits;
      continue;
    }
    if (digits == 0 || digits > 3) return {};
    if (groups > 0 && (digits == 1 || (between != 0 && digits != between))) return {};
    if (groups > 0) between = digits;
    if (between == 2 && text.substr(first, end - first).find(how.thousands) > 2) return {};
    ++groups;
    digits = 0;
  }
  if (groups == 0 || digits != 3 || text[first] == '0') return {};
  return out.append(text.substr(end));
}

}  // namespace detail

/// Returns whether the whole text is a number as `how` says, and sets x to it. Blanks may stand
/// around it, as within quotes.
inline bool is_number(std::string_view text, double& x, const NumberFormat& how) {
  if (is_number(text, x, how.decimal)) return true;
  if (text.starts_with(' ') || text.ends_with(' ')) {
    text = detail::without_blanks(text);
    if (is_number(text, x, how.decimal)) return true;
  }
  if (text.empty() || (how.is_plain() && !detail::has_dash(text) && !detail::has_quarters(text)))
    return false;
  std::string taken;
  const std::string amount = detail::without_symbols(
      detail::with_decimals(detail::with_keys(text), how.decimal), how, taken);
  const std::string bare(detail::without_no_cents(amount, how.decimal));
  if (is_number(bare, x, how.decimal)) return true;
  const std::string digits = how.thousands == '\0' ? "" : detail::without_thousands(bare, how);
  return !digits.empty() && is_number(digits, x, how.decimal);
}

/// Returns the symbols that stand before or behind a number: its unit; empty if there are none.
inline std::string unit_beside(std::string_view number, const NumberFormat& how) {
  std::string unit;
  if (!how.symbols.empty()) detail::without_symbols(detail::with_keys(number), how, unit);
  return unit;
}
/// Returns a number whose minus stands behind it, or that stands in brackets for one, as accounts
/// have it, with its minus before it: -5 for 5- and (5). Empty for other texts.
inline std::string with_minus_before(std::string_view text) {
  text = detail::without_blanks(text);
  if (text.ends_with('-'))
    text.remove_suffix(1);
  else if (text.starts_with('(') && text.ends_with(')'))
    text = text.substr(1, text.size() - 2);
  else
    return {};
  text = detail::without_blanks(text);
  if (text.ends_with('.') || text.ends_with(',')) return {};  // that are no cents
  const auto digit = text.find_first_of("0123456789");
  constexpr std::size_t longest_before = 5;  // of a currency, as $ of ($5)
  const bool is_amount = digit != text.npos && digit < longest_before &&
                         text.find_first_not_of("0123456789.,' ", digit) == text.npos &&
                         text.substr(0, digit).find_first_of("()<>~/:+-") == text.npos;
  return is_amount ? "-" + std::string(text) : std::string();
}
/// Returns whether a word behind a number makes it a thousand or a million times as large: k, M,
/// Cr. A small m is of metres, or of minutes, and T of tonnes.
inline bool multiplies(std::string_view word) {
  while (word.ends_with('.')) word.remove_suffix(1);
  for (const std::string_view known :
       {"K",   "k",   "M",   "B",     "bn",    "Bn",       "mn",      "Mn",
        "mln", "Mio", "Mrd", "tsd",   "Tsd",   "lakh",     "Lakh",    "lac",
        "Lac", "cr",  "Cr",  "crore", "Crore", "thousand", "million", "billion"})
    if (word == known) return true;
  return false;
}
/// Returns whether two units are one, singular or plural: day and days, but not m and ms.
inline bool is_same_unit(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return a == b ||
         (a.size() > 1 && b.size() == a.size() + 1 && b.ends_with('s') && b.starts_with(a));
}
/// Returns whether a unit makes a share of a number, so that 0.238 would be 23.8 of it.
inline bool is_of_shares(std::string_view unit) {
  return unit == "%" || unit == "\xE2\x80\xB0";
}

/// Returns whether a field is a whole number that a double rounds, so that two such may become one.
inline bool has_too_many_digits(std::string_view field, double x) {
  constexpr double most = 9007199254740992;  // 2^53
  return (x >= most || x <= -most) && field.find_first_not_of("+-0123456789") == field.npos;
}

/// Returns whether a text has digits, and otherwise signs that amounts and dates have: 10 %, $900,
/// (40), 2024-01-31.
inline bool looks_like_number(std::string_view text) {
  bool digits = false;
  for (const char c : text) {
    digits = digits || detail::is_digit(c);
    if (static_cast<unsigned char>(c) < 0x80 &&
        std::string_view("0123456789 .,:+-/%$'()<>~eETZ").find(c) == std::string_view::npos)
      return false;
  }
  const char first = text.empty() ? 'a' : text.front();
  return digits && !(first >= 'a' && first <= 'z') && !(first >= 'A' && first <= 'Z');
}

/// Returns whether a number is cut short by a word behind it: 1.2k, $3.4M, 5 Mio.
inline bool is_cut_short(std::string_view text) {
  constexpr const char* digits = "0123456789";
  const std::size_t first = text.find_first_of(digits), last = text.find_last_of(digits);
  constexpr std::size_t longest_before = 5;  // of a currency
  if (first > longest_before || last == text.npos) return false;
  if (text.find('-', first) < last) return false;  // 0-10k is a range
  return multiplies(detail::without_blanks(text.substr(last + 1))) &&
         looks_like_number(text.substr(first, last + 1 - first));
}

namespace detail {

/// Returns how many bytes at the end of an amount are a unit that ends in a digit, m2 of 12 m2; 0
/// if none are.
inline std::size_t unit_with_digit(std::string_view text) {
  for (const std::string_view unit : {"m2", "cm2", "mm2", "km2", "ft2", "in2", "yd2", "m3", "cm3",
                                      "mm3", "km3", "ft3", "in3", "yd3"})
    if (text.size() > unit.size() && text.ends_with(unit)) {
      const char before = text[text.size() - unit.size() - 1];
      if (before == ' ' || before == '/' || is_digit(before)) return unit.size();
    }
  return 0;
}

}  // namespace detail

/// Returns a format by which a text is a number that it is not by `now`; the same as `now` if there
/// is none, or if more than one is as likely, as for 1,200 in a file of numbers with points.
inline NumberFormat format_for(std::string_view text, const NumberFormat& now) {
  const std::string written = detail::with_decimals(detail::with_keys(text), now.decimal);
  const auto is_of_number = [&](std::size_t i) {  // not the points of Fr. 5 and of 5 Fr.
    const char c = written[i], last = i == 0 ? ' ' : written[i - 1];
    const bool is_letter = (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
    return detail::is_digit(c) || ((c == '.' || c == ',') && !is_letter);
  };
  std::size_t from = 0, to = written.size() - detail::unit_with_digit(written);
  while (from < to && !is_of_number(from)) ++from;
  while (to > from && !is_of_number(to - 1)) --to;
  // a share, a time, a bound and a sum in brackets are not that number
  const auto means_more = [](std::string_view around, std::string_view signs) {
    return around.find_first_of(signs) != around.npos;
  };
  const std::string_view before = std::string_view(written).substr(0, from),
                         behind = std::string_view(written).substr(to);
  if (from == to || means_more(before, "<>~()/:\"\\") || means_more(behind, "<>~():\"\\") ||
      behind.ends_with('/'))
    return now;
  NumberFormat how = now;
  const auto add = [&](std::string_view around) {
    while (!around.empty() && std::string_view(" +-").find(around.front()) != around.npos)
      around.remove_prefix(1);
    while (!around.empty() && std::string_view(" +-").find(around.back()) != around.npos)
      around.remove_suffix(1);
    if (!around.empty() &&
        std::find(how.symbols.begin(), how.symbols.end(), around) == how.symbols.end())
      how.symbols.emplace_back(around);
  };
  add(before);
  add(behind);
  double x = 0;
  if (is_number(text, x, how)) return how;
  for (const char decimal : {now.decimal, now.decimal == '.' ? ',' : '.'})
    for (const char thousands : {'\0', ',', '.', '\'', ' '}) {
      NumberFormat other = how;
      other.decimal = decimal;
      other.thousands = thousands;
      if (thousands != decimal && is_number(text, x, other)) return other;
    }
  return now;
}

/// Returns the settings that `how` has and `now` has not, as a config has them: `decimal: ","` and
/// `thousands: "."`; an empty text if there are none.
inline std::string settings_text(const NumberFormat& how, const NumberFormat& now) {
  std::string text;
  const auto add = [&](const std::string& setting) {
    text += (text.empty() ? "" : " and ") + setting;
  };
  if (how.decimal != now.decimal) add(std::string("decimal: \"") + how.decimal + '"');
  if (how.thousands != now.thousands)
    add("thousands: " + (how.thousands == ' '    ? std::string("space")
                         : how.thousands == '\0' ? std::string("none")
                                                 : std::string("\"") + how.thousands + '"'));
  if (how.symbols != now.symbols) {
    std::string list;
    for (const std::string& symbol : how.symbols)
      list += (list.empty() ? "\"" : ", \"") + symbol + '"';
    add("symbols: [" + list + "]");
  }
  return text;
}

}  // namespace nnrun
