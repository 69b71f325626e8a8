// Numbers as binary files store them, of either byte order.
#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <nnrun/lanes.hpp>
#include <type_traits>

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
  explicit operator float() const { return static_cast<float>(static_cast<double>(*this)); }
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

/// Returns whether each number of a kind is a float.
inline bool are_floats(Stored stored) {
  return with_stored(stored, [](auto number) {
    return sizeof number < sizeof(float) || std::is_same_v<decltype(number), float>;
  });
}

/// Returns whether each number of a kind is a whole one that is a float.
inline bool are_small_integers(Stored stored) {
  return with_stored(stored, [](auto number) {
    return sizeof number < sizeof(float) && std::is_integral_v<decltype(number)>;
  });
}

/// Writes n numbers as Number, from bytes in the other order if `turned`. Returns whether all are
/// finite.
template <class T, bool turned, class Number>
NNRUN_CLONES bool widen_all(const char* bytes, std::size_t n, Number* out) {
  // 0 times a finite number is 0, and NaN otherwise: a sum instead of a branch for each
  Number sums[8] = {};
  const auto one = [&](std::size_t i, std::size_t k) __attribute__((always_inline)) {
    char own[sizeof(T)];
    std::memcpy(own, bytes + i * sizeof(T), sizeof(T));
    if (turned) std::reverse(own, own + sizeof(T));
    T x;
    std::memcpy(&x, own, sizeof x);
    out[i] = static_cast<Number>(x);
    if (!std::is_integral_v<T>) sums[k] += out[i] * 0;
  };
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (std::size_t k = 0; k < 8; ++k) one(i + k, k);
  for (; i < n; ++i) one(i, 0);
  Number sum = 0;
  for (const Number part : sums) sum += part;
  return sum == 0;
}

/// Writes n numbers, as float only if that is what they are. Returns the index of the first that is
/// not finite; n if all are.
template <class Number>
std::size_t widen(Stored stored, bool big_endian, const char* bytes, std::size_t n, Number* out) {
  const bool finite = with_stored(stored, [&](auto number) {
    using T = decltype(number);
    return big_endian ? widen_all<T, true>(bytes, n, out) : widen_all<T, false>(bytes, n, out);
  });
  if (finite) return n;
  return static_cast<std::size_t>(
      std::find_if(out, out + n, [](Number y) { return !std::isfinite(y); }) - out);
}
