// Numbers as text files have them.
#pragma once
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace nnrun {
namespace detail {

/// Reads digits with one point at most, if so few that both they, as a whole number, and the power
/// of ten that divides them are exact in double: then the only rounding is that of the division.
/// (Clinger, "How to read floating point numbers accurately", 1990.) Returns false for all others.
inline bool short_number(const char *at, const char *end, char point, double &x) {
  static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                      1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  if (end - at > 17) return false;  // 2^53 has 16 digits
  std::uint64_t digits = 0;
  const auto add_digits = [&] {
    const char *const first = at;
    for (; at != end; ++at) {
      const auto digit = static_cast<unsigned>(static_cast<unsigned char>(*at)) - '0';
      if (digit > 9) break;
      digits = 10 * digits + digit;
    }
    return at - first;
  };
  const auto before = add_digits();
  std::ptrdiff_t behind = 0;
  if (at != end && *at == point) {
    ++at;
    behind = add_digits();
  }
  if (at != end || before + behind == 0 || digits > std::uint64_t{1} << 53) return false;
  x = std::copysign(static_cast<double>(digits) / powers[behind], negative ? -1. : 1.);
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
  if (detail::short_number(from, end, point, x)) return true;
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
