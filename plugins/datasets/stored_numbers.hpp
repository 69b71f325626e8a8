// Numbers as binary files store them, of either byte order.
#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

static_assert(std::endian::native == std::endian::little, "little-endian numbers are copied");

/// The kinds of numbers that files hold.
enum class Stored { int8, int16, int32, int64, uint8, uint16, uint32, uint64, half, single, twice };

/// Half precision (IEEE 754, binary16), of which no type knows here.
struct Half {
  std::uint16_t bits;
  explicit operator double() const {
    const int exponent = bits >> 10 & 31;
    const double fraction = bits & 1023;
    const double size = exponent == 31  ? (fraction == 0 ? HUGE_VAL : std::nan(""))
                        : exponent == 0 ? std::ldexp(fraction, -24)
                                        : std::ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -size : size;
  }
};

/// Calls f with a number of the type that is stored.
template <class F>
auto with_stored(Stored stored, F f) {
  switch (stored) {
    case Stored::int8:
      return f(std::int8_t{});
    case Stored::int16:
      return f(std::int16_t{});
    case Stored::int32:
      return f(std::int32_t{});
    case Stored::int64:
      return f(std::int64_t{});
    case Stored::uint8:
      return f(std::uint8_t{});
    case Stored::uint16:
      return f(std::uint16_t{});
    case Stored::uint32:
      return f(std::uint32_t{});
    case Stored::uint64:
      return f(std::uint64_t{});
    case Stored::half:
      return f(Half{});
    case Stored::single:
      return f(float{});
    default:
      return f(double{});
  }
}

/// Returns how many bytes a number takes.
inline std::size_t width_of(Stored stored) {
  return with_stored(stored, [](auto number) { return sizeof number; });
}

/// Writes n numbers as double.
inline void widen(Stored stored, bool big_endian, const char* bytes, std::size_t n, double* out) {
  with_stored(stored, [&](auto number) {
    using T = decltype(number);
    const auto all = [&](auto turned) {
      for (std::size_t i = 0; i < n; ++i) {
        char own[sizeof(T)];
        std::memcpy(own, bytes + i * sizeof(T), sizeof(T));
        if (turned) std::reverse(own, own + sizeof(T));
        T x;
        std::memcpy(&x, own, sizeof x);
        out[i] = static_cast<double>(x);
      }
    };
    // outside of the loop, which is vectorized then
    big_endian ? all(std::true_type{}) : all(std::false_type{});
  });
}

/// Returns the index of the first number that is not finite; n if all are.
inline std::size_t first_not_finite(const double* x, std::size_t n) {
  // 0 times a finite number is 0, and NaN otherwise: a sum instead of a branch for each
  double sums[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (std::size_t k = 0; k < 8; ++k) sums[k] += x[i + k] * 0;
  for (; i < n; ++i) sums[0] += x[i] * 0;
  double sum = 0;
  for (const double part : sums) sum += part;
  if (sum == 0) return n;
  return static_cast<std::size_t>(
      std::find_if(x, x + n, [](double y) { return !std::isfinite(y); }) - x);
}
