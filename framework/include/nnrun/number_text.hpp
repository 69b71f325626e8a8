// Numbers as text files have them.
#pragma once
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nnrun/lanes.hpp>
#include <string>
#include <string_view>

namespace nnrun {
namespace detail {

/// Returns the characters from `at` to `end`, at most eight, the last one highest, with 0 in front.
/// around: what may be read.
NNRUN_INLINE std::uint64_t characters(const char *at, const char *end, std::string_view around) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  const auto n = static_cast<std::size_t>(end - at);
  std::uint64_t found = 0;
  if (end - around.data() >= 8) {
    std::memcpy(&found, end - 8, 8);
    return found >> 8 * (8 - n) << 8 * (8 - n);
  }
  if (around.data() + around.size() - at >= 8)
    std::memcpy(&found, at, 8);
  else
    std::memcpy(&found, at, n);
  return found << 8 * (8 - n);
}
/// Up to eight characters as digits, with a point among them at most.
struct Digits {
  std::uint64_t whole = 0;
  unsigned n = 0, behind = 0;  // digits; those behind the point
  bool point = false, good = false;
};
/// All at once: how many there are is no branch, which would often be guessed wrong.
NNRUN_INLINE Digits digits_in(const char *at, const char *end, std::string_view around,
                              char point) {
  constexpr std::uint64_t ones = 0x0101010101010101, low = 0x7f * ones;
  const auto n = static_cast<unsigned>(end - at);
  std::uint64_t digits = characters(at, end, around) ^ (ones * '0' >> 8 * (8 - n) << 8 * (8 - n));
  const std::uint64_t other = digits ^ ones * static_cast<unsigned char>(point ^ '0');
  const std::uint64_t points = ~(((other & low) + low) | other | low);  // the top bit of each
  Digits out{.n = n};
  if (points != 0) {  // what stands before it moves up by one place
    const auto top = static_cast<unsigned>(std::countl_zero(points));
    const std::uint64_t up_to_it = ~std::uint64_t{0} >> top;
    digits = (digits << 8 & up_to_it) | (digits & ~up_to_it);
    out.point = true;
    out.behind = top / 8;
    --out.n;
  }
  out.good = ((digits | (digits + 6 * ones)) & 0xf0 * ones) == 0;
  // the first digit is lowest: pairs, fours, eight
  digits = digits * 10 + (digits >> 8);
  out.whole = ((digits & 0x000000ff000000ff) * (100 + (std::uint64_t{1000000} << 32)) +
               (digits >> 16 & 0x000000ff000000ff) * (1 + (std::uint64_t{10000} << 32))) >>
              32;
  return out;
}

/// Between nine and sixteen characters: the last eight, and what is in front of them.
inline Digits long_digits_in(const char *at, const char *end, std::string_view around, char point) {
  const Digits first = digits_in(at, end - 8, around, point);
  Digits all = digits_in(end - 8, end, around, point);
  all.good = all.good && first.good && !(all.point && first.point);
  all.whole += first.whole * (all.point ? 10'000'000u : 100'000'000u);
  if (first.point) all.behind = 8 + first.behind;
  return all;
}

/// Reads digits with one point at most, if so few that both they, as a whole number, and the power
/// of ten that divides them are exact in double: then the only rounding is that of the division.
/// (Clinger, "How to read floating point numbers accurately", 1990.) around: what may be read, with
/// the field in it. Returns false for all others.
inline bool short_number(std::string_view field, std::string_view around, char point, double &x) {
  static constexpr double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  if (field.empty()) return false;
  const std::uint64_t negative = field[0] == '-';
  const char *const at = field.data() + negative, *const end = field.data() + field.size();
  const std::ptrdiff_t n = end - at;
  if (n == 0 || n > 16) return false;  // 2^53 has 16 digits
  const Digits digits =
      n <= 8 ? digits_in(at, end, around, point) : long_digits_in(at, end, around, point);
  if (!digits.good || digits.n == 0 || digits.whole > std::uint64_t{1} << 53) return false;
  const double size =
      static_cast<double>(static_cast<std::int64_t>(digits.whole)) / powers[digits.behind];
  x = std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) | negative << 63);
  return true;
}

/// Returns whether a number that double cannot hold is too small, not too large.
inline bool is_tiny(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  const std::string_view digits = number.substr(0, e);
  const std::size_t first = digits.find_first_of("123456789"),
                    point = std::min(digits.find('.'), digits.size());
  const char *from = number.data() + std::min(e + 1, number.size()), *const end = number.data() +
                                                                                  number.size();
  if (from != end && *from == '+') ++from;
  long long power = 0;
  if (std::from_chars(from, end, power).ec == std::errc::result_out_of_range) return *from == '-';
  return power + static_cast<long long>(point) < static_cast<long long>(first);
}

}  // namespace detail

/// Returns whether the whole text is a number, decimal or scientific, or inf or nan, and sets x to
/// the nearest double. What is too large becomes infinite, what is too small 0. point: what stands
/// before a fraction.
inline bool is_number(std::string_view text, double &x, char point = '.') {
  const char *from = text.data(), *end = from + text.size();
  if (text.starts_with('+') && !text.starts_with("+-")) ++from;
  const std::string_view number(from, static_cast<std::size_t>(end - from));
  if (detail::short_number(number, number, point, x)) return true;
  std::string with_point;
  if (point != '.') {
    if (text.find('.') != text.npos) return false;
    with_point.assign(from, end);
    std::replace(with_point.begin(), with_point.end(), point, '.');
    from = with_point.data();
    end = from + with_point.size();
  }
  const auto [stop, failed] = std::from_chars(from, end, x);
  if (stop != end || from == end) return false;
  if (failed == std::errc::result_out_of_range) {
    x = detail::is_tiny({from, end}) ? 0 : std::numeric_limits<double>::infinity();
    if (*from == '-') x = -x;
    return true;
  }
  return failed == std::errc{};
}

}  // namespace nnrun
