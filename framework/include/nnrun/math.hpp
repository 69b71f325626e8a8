// exp, log, tanh … without branches, so that loops over them become vectors, and with the same
// bits on every machine: those of the C library depend on the processor.
//
// Polynomials are added as trees, not by Horner's rule: training one example at a time waits for
// one chain, not for throughput. Results below the smallest normal number are 0.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nnrun/lanes.hpp>

namespace nnrun {

/// e^x; relative error below 1.2e-7. Above 88.72 infinity, below -87.3 zero.
NNRUN_INLINE float exp(float x) {
  // x = k ln 2 + r: adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits
  float k = x * 1.44269504f + 12582912.f;
  const std::uint32_t exponent = std::bit_cast<std::uint32_t>(k) << 23;
  k -= 12582912.f;
  const float r = (x - k * 0.693359375f) + k * 2.12194440e-4f, r2 = r * r;
  const float p = (0.5f + r * (1.f / 6)) +
                  r2 * ((1.f / 24 + r * (1.f / 120)) + r2 * (1.f / 720 + r * (1.f / 5040)));
  const float y = std::bit_cast<float>(std::bit_cast<std::uint32_t>((1.f + r) + p * r2) + exponent);
  const float high = x > 88.72f ? std::numeric_limits<float>::infinity() : y;
  const float low = x < -87.3f ? 0.f : high;
  return x == x ? low : x;  // clamped last, where nothing waits for it
}

/// e^x; relative error below 4e-16. Above 709.78 infinity, below -708.39 zero.
NNRUN_INLINE double exp(double x) {
  double k = x * 1.4426950408889634 + 6755399441055744.0;
  const std::uint64_t exponent = std::bit_cast<std::uint64_t>(k) << 52;
  k -= 6755399441055744.0;
  const double r = (x - k * 0.693145751953125) - k * 1.42860682030941723212e-6;
  const double r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  const double a = (0.5 + r * (1. / 6)) + r2 * (1. / 24 + r * (1. / 120));
  const double b = (1. / 720 + r * (1. / 5040)) + r2 * (1. / 40320 + r * (1. / 362880));
  const double c =
      (1. / 3628800 + r * (1. / 39916800)) + r2 * (1. / 479001600 + r * (1. / 6227020800));
  const double p = (a + r4 * b) + r8 * c;
  const double y =
      std::bit_cast<double>(std::bit_cast<std::uint64_t>((1. + r) + p * r2) + exponent);
  const double high = x > 709.78 ? std::numeric_limits<double>::infinity() : y;
  const double low = x < -708.39 ? 0. : high;
  return x == x ? low : x;
}

namespace detail {
/// log of 0, of negative numbers, of infinity and NaN, selected over the polynomial's result.
template <class T>
NNRUN_INLINE T log_edges(T x, T y) {
  const T inf = std::numeric_limits<T>::infinity();
  const T positive = x < inf ? y : x;
  const T zero = x > T(0) ? positive : -inf;
  return x >= T(0) ? zero : std::numeric_limits<T>::quiet_NaN();
}
}  // namespace detail

/// Natural logarithm; relative error below 2e-7, absolute near 1.
NNRUN_INLINE float log(float x) {
  const bool tiny = x < std::numeric_limits<float>::min();
  const std::int32_t bits = std::bit_cast<std::int32_t>(tiny ? x * 8388608.f : x);
  const std::int32_t e = (bits - 0x3f3504f3) >> 23;  // so that the mantissa is in [√½, √2)
  const float f = std::bit_cast<float>(bits - (e << 23)) - 1.f;
  const float k = static_cast<float>(e) - (tiny ? 23.f : 0.f), f2 = f * f;
  float p = 7.0376836292e-2f;  // Cephes, logf: minimax on [√½, √2)
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  const float y = f * f2 * p + k * -2.12194440e-4f - 0.5f * f2;
  return detail::log_edges(x, f + y + k * 0.693359375f);
}

/// Natural logarithm; relative error below 3e-16.
NNRUN_INLINE double log(double x) {
  const bool tiny = x < std::numeric_limits<double>::min();
  const std::int64_t bits = std::bit_cast<std::int64_t>(tiny ? x * 18014398509481984. : x);
  const std::uint64_t shifted = static_cast<std::uint64_t>(bits - 0x3fe6a09e667f3bcd) +
                                (std::uint64_t{2048} << 52);  // exponent + 2048, never negative
  const std::uint64_t e = shifted >> 52;
  const double m = std::bit_cast<double>(static_cast<std::uint64_t>(bits) - ((e - 2048) << 52));
  // a small whole number as a double without a conversion, which has no vector form before AVX-512
  const double k = std::bit_cast<double>(e | 0x4330000000000000) - (4503599627370496. + 2048.) -
                   (tiny ? 54. : 0.);
  const double f = m - 1., s = f / (2. + f), z = s * s, w = z * z, half = 0.5 * f * f;
  // fdlibm, e_log.c: log(1 + f) = f - f²/2 + s (f²/2 + R(s²))
  const double even = w * (3.999999999940941908e-01 +
                           w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd = z * (6.666666666666735130e-01 +
                          w * (2.857142874366239149e-01 +
                               w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double y = k * 6.93147180369123816490e-01 -
                   ((half - (s * (half + (even + odd)) + k * 1.90821492927058770002e-10)) - f);
  return detail::log_edges(x, y);
}

/// log(1 + x), accurate for small x (Kahan's correction).
template <class T>
NNRUN_INLINE T log1p(T x) {
  const T u = T(1) + x;
  const T y = log(u) * (x / (u - T(1)));
  return u == T(1) ? x : (u < std::numeric_limits<T>::infinity() ? y : u);
}

/// 1 / (1 + e^-x), written so that large |x| gives 0 or 1, not NaN.
template <class T>
NNRUN_INLINE T sigmoid(T x) {
  return T(1) / (T(1) + exp(-x));
}

/// Hyperbolic tangent; relative error below 4 units in the last place.
template <class T>
NNRUN_INLINE T tanh(T x) {
  const T a = x < T(0) ? -x : x;
  const T big = T(1) - T(2) / (exp(a + a) + T(1));
  const T z = x * x;
  T small;
  if constexpr (sizeof(T) == 4) {  // Cephes, tanhf and tanh
    T p = T(-5.70498872745e-3);
    p = p * z + T(2.06390887954e-2);
    p = p * z - T(5.37397155531e-2);
    p = p * z + T(1.33314422036e-1);
    p = p * z - T(3.33332819422e-1);
    small = a + a * z * p;
  } else {
    T p = T(-9.64399179425052238628e-1);
    p = p * z - T(9.92877231001918586564e1);
    p = p * z - T(1.61468768441708447952e3);
    T q = z + T(1.12811678491632931402e2);
    q = q * z + T(2.23548839060100448583e3);
    q = q * z + T(4.84406305325125486048e3);
    small = a + a * z * (p / q);
  }
  const T y = a < T(0.625) ? small : big;
  return x < T(0) ? -y : y;
}

}  // namespace nnrun
