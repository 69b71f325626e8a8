// exp, log, tanh … without branches, so that loops over them become vectors, and with the same bits
// on every machine: those of the C library depend on the processor.
//
// Polynomials are added as trees, not by Horner's rule: training one example at a time is limited
// by latency, not by throughput. Results below the smallest normal number are 0.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nnrun/lanes.hpp>
#include <span>
#include <type_traits>

// Square roots are instructions, correctly rounded everywhere; but a loop that calls a function
// that may write errno is not vectorized. These declarations of the C library's functions tell the
// compiler to ignore errno.
extern "C" {
__attribute__((const)) double sqrt(double) noexcept;
__attribute__((const)) float sqrtf(float) noexcept;
}

namespace nnrun {

NNRUN_INLINE double sqrt(double x) {
  return ::sqrt(x);
}
NNRUN_INLINE float sqrt(float x) {
  return ::sqrtf(x);
}

namespace detail {
/// Replaces the polynomial's result beyond [low, high] and for NaN. Chosen once, and last: what
/// stands for it does not wait for the polynomial.
template <class T>
NNRUN_INLINE T exp_edges(T x, T y, T low, T high) {
  const T beyond = x > high ? std::numeric_limits<T>::infinity() : x;  // or NaN
  const T edge = x < low ? T(0) : beyond;
  return (x >= low) & (x <= high) ? y : edge;
}
}  // namespace detail

// Both take x = k ln 2 + r, with |r| <= ln 2 / 2: adding 1.5 * 2^23 or 2^52 rounds to a whole
// number and leaves it in the low bits. e^r = 1 + r + c2 r^2 + ... has coefficients of least
// largest relative error there (Remez), 2e-9 and 6e-18. The small terms are added first, 1 last.

/// e^x; relative error below 1.1e-7. Above 88.72 infinity, below -87.3 zero.
NNRUN_INLINE float exp(float x) {
  float k = x * 1.44269504f + 12582912.f;
  const std::uint32_t exponent = std::bit_cast<std::uint32_t>(k) << 23;
  k -= 12582912.f;
  const float r = (x - k * 0.693359375f) + k * 2.12194440e-4f, r2 = r * r, r4 = r2 * r2;
  const float a = 4.99999934321292902e-1f + r * 1.66665203990425301e-1f;
  const float b =
      (4.16683907835479131e-2f + r * 8.36874510894259065e-3f) + r2 * 1.38145401768013064e-3f;
  const float y = 1.f + ((r + r2 * a) + r4 * b);
  return detail::exp_edges(x, std::bit_cast<float>(std::bit_cast<std::uint32_t>(y) + exponent),
                           -87.3f, 88.72f);
}

/// e^x; relative error below 2.1e-16. Above 709.78 infinity, below -708.39 zero.
NNRUN_INLINE double exp(double x) {
  double k = x * 1.4426950408889634 + 6755399441055744.0;
  const std::uint64_t exponent = std::bit_cast<std::uint64_t>(k) << 52;
  k -= 6755399441055744.0;
  const double r = (x - k * 0.693145751953125) - k * 1.42860682030941723212e-6;
  const double r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  const double a = 5.00000000000001067e-1 + r * 1.66666666666664115e-1;
  const double b = (4.16666666665297286e-2 + r * 8.33333333349497716e-3) +
                   r2 * (1.38888889437598637e-3 + r * 1.98412695057736125e-4);
  const double c = (2.48014929497302662e-5 + r * 2.75575868042049046e-6) +
                   r2 * (2.76303062195969326e-7 + r * 2.50000187139290215e-8);
  const double y = 1. + ((r + r2 * a) + (r4 * b + r8 * c));
  return detail::exp_edges(x, std::bit_cast<double>(std::bit_cast<std::uint64_t>(y) + exponent),
                           -708.39, 709.78);
}

namespace detail {
/// Replaces the polynomial's result for 0, negative numbers, infinity and NaN.
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

namespace detail {
/// Evaluates a polynomial by Horner's rule; the coefficient of the highest power comes first.
template <class T, class... C>
NNRUN_INLINE T polynomial(T x, double highest, C... lower) {
  T p = T(highest);
  ((p = p * x + T(lower)), ...);
  return p;
}
/// Hyperbolic tangent of |x| <= 0.625.
template <class T>
NNRUN_INLINE T tanh_near_0(T a) {
  const T z = a * a;
  if constexpr (sizeof(T) == 4) {  // Cephes, tanhf and tanh
    T p = T(-5.70498872745e-3);
    p = p * z + T(2.06390887954e-2);
    p = p * z - T(5.37397155531e-2);
    p = p * z + T(1.33314422036e-1);
    p = p * z - T(3.33332819422e-1);
    return a + a * z * p;
  } else {
    T p = T(-9.64399179425052238628e-1);
    p = p * z - T(9.92877231001918586564e1);
    p = p * z - T(1.61468768441708447952e3);
    T q = z + T(1.12811678491632931402e2);
    q = q * z + T(2.23548839060100448583e3);
    q = q * z + T(4.84406305325125486048e3);
    return a + a * z * (p / q);
  }
}
}  // namespace detail

/// Hyperbolic tangent; relative error below 4 units in the last place.
template <class T>
NNRUN_INLINE T tanh(T x) {
  const T a = x < T(0) ? -x : x;
  const T big = T(1) - T(2) / (exp(a + a) + T(1));
  const T y = a < T(0.625) ? detail::tanh_near_0(a) : big;
  return x < T(0) ? -y : y;
}

/// e^x - 1, accurate for small x, by e^x - 1 = 2 t / (1 - t) with t = tanh(x / 2).
template <class T>
NNRUN_INLINE T expm1(T x) {
  const T t = detail::tanh_near_0(x * T(0.5));
  const T small = (t + t) / (T(1) - t), big = exp(x) - T(1);
  return (x < T(0) ? -x : x) < T(1) ? small : big;
}

/// log(1 + e^x), for any x.
template <class T>
NNRUN_INLINE T softplus(T x) {
  const T u = exp(x < T(0) ? x : -x);  // e^-|x|
  return log1p(u) + (x < T(0) ? T(0) : x);
}

/// 1 - erf(x), accurate in the tail; relative error below (4 + x²) units in the last place.
template <class T>
NNRUN_INLINE T erfc(T x) {
  const T a = x < T(0) ? -x : x, c = sizeof(T) == 4 ? T(3) : T(4), t = c / (c + a);
  T p;  // e^(x²) erfc(x) / t: interpolated in t at Chebyshev's points, to 5e-9 and 5e-17
  if constexpr (sizeof(T) == 4)
    p = detail::polynomial(t, 0.05700775302, -0.2991739024, 0.5523162151, -0.463431756,
                           0.4221717858, -0.01204721745, 0.1956953188, 0.1706492463, 0.1887818889,
                           0.1880306696);
  else
    p = detail::polynomial(
        t, 0.00169194646884529221, -0.0216724234892784172, 0.126547475866018313,
        -0.445698675402071647, 1.0596502620870998, -1.81431740764309612, 2.34557311023538041,
        -2.36928371417021122, 1.89962882387582031, -1.22853510824567972, 0.654540557703882398,
        -0.261000601787750407, 0.126215377693191957, 0.0171698249025264979, 0.0688251607042882444,
        0.0799068195891954426, 0.0992025600169680398, 0.114995952476799654, 0.12782568275097116,
        0.13663958176787144, 0.14104739875836346, 0.141047395840865108);
  const T y = exp(-a * a) * (t * p);
  return x < T(0) ? T(2) - y : y;
}

/// The error function 2/√π ∫₀ˣ e^(-s²) ds; relative error below 4 units in the last place.
template <class T>
NNRUN_INLINE T erf(T x) {
  const T z = x * x, a = x < T(0) ? -x : x, big = T(1) - erfc(a);
  T p;  // erf(x) / x in x², interpolated as above on [0, ¼]
  if constexpr (sizeof(T) == 4)
    p = detail::polynomial(z, 0.004719082567, -0.02675773274, 0.1128283143, -0.3761260901,
                           1.128379166);
  else
    p = detail::polynomial(z, -1.46209134094517487e-7, 1.63712344257700007e-6,
                           -0.0000149230033681520988, 0.000120552862020057133,
                           -0.00085483265107247964, 0.00522397762201693636, -0.0268661706449997198,
                           0.112837916709548691, -0.376126389031837505, 1.12837916709551257);
  return a < T(0.5) ? x * p : (x < T(0) ? -big : big);
}

namespace detail {
/// sin(x + quarter · π/2). If x is so large (1e6, 1e15) that its last place is a large part of a
/// turn, x counts as 0; infinity gives NaN.
template <class T>
NNRUN_INLINE T sine(T x, unsigned quarter) {
  constexpr bool narrow = sizeof(T) == 4;
  using Bits = std::conditional_t<narrow, std::uint32_t, std::uint64_t>;
  constexpr T round = narrow ? T(12582912) : T(6755399441055744.0),
              limit = narrow ? T(1e6) : T(1e15);
  const T near = (x < T(0) ? -x : x) < limit ? x : x - x;
  // x = k π/2 + r: π/2 in three parts, k times the first two is exact for k < 2^13 and 2^20
  const T shifted = near * T(0.63661977236758134) + round, k = shifted - round;
  const T r = narrow ? ((near - k * T(1.5703125)) - k * T(4.837512969970703125e-4)) -
                           k * T(7.549789954891882e-8)
                     : ((near - k * T(1.57079632673412561)) - k * T(6.077100506303965977e-11)) -
                           k * T(2.022266248795950733e-21);
  const T z = r * r;
  T s, c;  // Taylor's series; the first power left out is below the last place for |r| <= π/4
  if constexpr (narrow) {
    s = polynomial(z, 1. / 362880, -1. / 5040, 1. / 120, -1. / 6);
    c = polynomial(z, 1. / 40320, -1. / 720, 1. / 24, -0.5);
  } else {
    s = polynomial(z, -1. / 1307674368000, 1. / 6227020800, -1. / 39916800, 1. / 362880, -1. / 5040,
                   1. / 120, -1. / 6);
    c = polynomial(z, 1. / 20922789888000, -1. / 87178291200, 1. / 479001600, -1. / 3628800,
                   1. / 40320, -1. / 720, 1. / 24, -0.5);
  }
  const Bits turn = std::bit_cast<Bits>(shifted) + quarter;
  const T y = turn & 1 ? T(1) + z * c : r + r * z * s;
  return turn & 2 ? -y : y;
}
}  // namespace detail

/// Sine; absolute error below 2 units in the last place of 1 up to |x| = 1e4 (float) and 1e6.
template <class T>
NNRUN_INLINE T sin(T x) {
  return detail::sine(x, 0);
}
/// Cosine, as accurate.
template <class T>
NNRUN_INLINE T cos(T x) {
  return detail::sine(x, 1);
}

/// log Σ eᶻ over a row, as high + rest: no e^z overflows, and z - high - rest loses no digits to a
/// large high.
template <class T>
struct LogSumExp {
  T high, rest;
};
template <class T>
NNRUN_INLINE LogSumExp<T> log_sum_exp(std::span<const T> z) {
  T high = z[0], sum = 0;
  for (const T v : z) high = v > high ? v : high;
  for (const T v : z) sum += exp(v - high);
  return {high, log(sum)};
}

}  // namespace nnrun
