// The numbers that formulas are evaluated with: Num<T> keeps arithmetic with double constants in T;
// Dual<T> carries a derivative along, so that a formula's slope is exact and costs its author
// nothing.
#pragma once
#include <concepts>
#include <limits>
#include <nnrun/math.hpp>

namespace nnrun {

template <class U>
concept Constant = std::is_arithmetic_v<U>;

/// A number of the run's precision.
template <class T>
struct Num {
  T v = 0;
  constexpr Num() = default;
  constexpr Num(T value) : v(value) {}
  template <Constant U>
  requires(!std::same_as<U, T>) constexpr Num(U value) : v(static_cast<T>(value)) {}
};

/// A number and its derivative.
template <class T>
struct Dual {
  T v = 0, d = 0;
  constexpr Dual() = default;
  constexpr Dual(T value, T slope) : v(value), d(slope) {}
  template <Constant U>
  constexpr Dual(U value) : v(static_cast<T>(value)) {}
};

/// A product and a quotient in which a 0 beats what has no bound: what does not change, or does not
/// count, adds no slope. So the slope of 1 / (1 + exp(-x)) far below 0 is 0, as its limit is, not
/// 0 * infinity. One choice after the other: loops over them stay vectorised.
template <class T>
NNRUN_INLINE constexpr T slope_times(T x, T y) {
  const T product = x * y, unless_x = x == T(0) ? T(0) : product;
  return y == T(0) ? T(0) : unless_x;
}
template <class T>
NNRUN_INLINE constexpr T slope_over(T x, T y) {
  const T quotient = x / y;
  return x == T(0) ? T(0) : quotient;
}
/// The same product with a factor that is bounded, which a slope of 0 needs no help against.
template <class T>
NNRUN_INLINE constexpr T bounded_times(T factor, T slope) {
  const T product = factor * slope;
  return factor == T(0) ? T(0) : product;
}

template <class T>
NNRUN_INLINE constexpr Num<T> operator+(Num<T> a, Num<T> b) {
  return a.v + b.v;
}
template <class T>
NNRUN_INLINE constexpr Num<T> operator-(Num<T> a, Num<T> b) {
  return a.v - b.v;
}
template <class T>
NNRUN_INLINE constexpr Num<T> operator*(Num<T> a, Num<T> b) {
  return a.v * b.v;
}
template <class T>
NNRUN_INLINE constexpr Num<T> operator/(Num<T> a, Num<T> b) {
  return a.v / b.v;
}
template <class T>
NNRUN_INLINE constexpr Num<T> operator-(Num<T> a) {
  return -a.v;
}

template <class T>
NNRUN_INLINE constexpr Dual<T> operator+(Dual<T> a, Dual<T> b) {
  return {a.v + b.v, a.d + b.d};
}
template <class T>
NNRUN_INLINE constexpr Dual<T> operator-(Dual<T> a, Dual<T> b) {
  return {a.v - b.v, a.d - b.d};
}
template <class T>
NNRUN_INLINE constexpr Dual<T> operator*(Dual<T> a, Dual<T> b) {
  return {a.v * b.v, slope_times(a.d, b.v) + slope_times(a.v, b.d)};
}
template <class T>
NNRUN_INLINE constexpr Dual<T> operator/(Dual<T> a, Dual<T> b) {
  const T q = a.v / b.v;
  return {q, slope_over(a.d - slope_times(q, b.d), b.v)};
}
template <class T>
NNRUN_INLINE constexpr Dual<T> operator-(Dual<T> a) {
  return {-a.v, -a.d};
}

// A constant on either side becomes a number of the other's kind.
#define NNRUN_MIXED(N, OP, RESULT)                         \
  template <class T, Constant U>                           \
  NNRUN_INLINE constexpr RESULT operator OP(N<T> a, U b) { \
    return a OP N<T>(b);                                   \
  }                                                        \
  template <class T, Constant U>                           \
  NNRUN_INLINE constexpr RESULT operator OP(U a, N<T> b) { \
    return N<T>(a) OP b;                                   \
  }
#define NNRUN_COMPARE(OP)                                         \
  template <class T>                                              \
  NNRUN_INLINE constexpr bool operator OP(Num<T> a, Num<T> b) {   \
    return a.v OP b.v;                                            \
  }                                                               \
  template <class T>                                              \
  NNRUN_INLINE constexpr bool operator OP(Dual<T> a, Dual<T> b) { \
    return a.v OP b.v;                                            \
  }                                                               \
  NNRUN_MIXED(Num, OP, bool)                                      \
  NNRUN_MIXED(Dual, OP, bool)
NNRUN_MIXED(Num, +, Num<T>)
NNRUN_MIXED(Num, -, Num<T>)
NNRUN_MIXED(Num, *, Num<T>)
NNRUN_MIXED(Num, /, Num<T>)
NNRUN_MIXED(Dual, +, Dual<T>)
NNRUN_MIXED(Dual, -, Dual<T>)
NNRUN_MIXED(Dual, *, Dual<T>)
NNRUN_MIXED(Dual, /, Dual<T>)
NNRUN_COMPARE(<)
NNRUN_COMPARE(>)
NNRUN_COMPARE(<=)
NNRUN_COMPARE(>=)
#undef NNRUN_COMPARE
#undef NNRUN_MIXED
#define NNRUN_ASSIGN(N, OP)                                                            \
  template <class T>                                                                   \
  NNRUN_INLINE constexpr N<T> &operator OP##=(N<T> &a, std::type_identity_t<N<T>> b) { \
    return a = a OP b;                                                                 \
  }
NNRUN_ASSIGN(Num, +)
NNRUN_ASSIGN(Num, -)
NNRUN_ASSIGN(Num, *)
NNRUN_ASSIGN(Num, /)
NNRUN_ASSIGN(Dual, +)
NNRUN_ASSIGN(Dual, -)
NNRUN_ASSIGN(Dual, *)
NNRUN_ASSIGN(Dual, /)
#undef NNRUN_ASSIGN

template <class T>
NNRUN_INLINE Num<T> exp(Num<T> x) {
  return exp(x.v);
}
template <class T>
NNRUN_INLINE Num<T> log(Num<T> x) {
  return log(x.v);
}
template <class T>
NNRUN_INLINE Num<T> log1p(Num<T> x) {
  return log1p(x.v);
}
template <class T>
NNRUN_INLINE Num<T> tanh(Num<T> x) {
  return tanh(x.v);
}
template <class T>
NNRUN_INLINE Num<T> sigmoid(Num<T> x) {
  return sigmoid(x.v);
}
template <class T>
NNRUN_INLINE Num<T> sqrt(Num<T> x) {
  return sqrt(x.v);
}
template <class T>
NNRUN_INLINE Num<T> abs(Num<T> x) {
  return std::abs(x.v);
}
/// Returns x, or 0 where it is too small to have all its digits (below 1.2e-38 in float32). For an
/// average of gradients that have become 0, as those of a unit that never fires: it would shrink to
/// the smallest of such numbers and stay there, and processors take up to a hundred times as long
/// for them.
template <class T>
NNRUN_INLINE Num<T> normal_or_zero(Num<T> x) {
  return std::abs(x.v) < std::numeric_limits<T>::min() ? T(0) : x.v;
}

template <class T>
NNRUN_INLINE Num<T> expm1(Num<T> x) {
  return expm1(x.v);
}
template <class T>
NNRUN_INLINE Num<T> softplus(Num<T> x) {
  return softplus(x.v);
}
template <class T>
NNRUN_INLINE Num<T> erf(Num<T> x) {
  return erf(x.v);
}
template <class T>
NNRUN_INLINE Num<T> erfc(Num<T> x) {
  return erfc(x.v);
}
template <class T>
NNRUN_INLINE Num<T> sin(Num<T> x) {
  return sin(x.v);
}
template <class T>
NNRUN_INLINE Num<T> cos(Num<T> x) {
  return cos(x.v);
}
/// 1, 0 or -1.
template <class T>
NNRUN_INLINE Num<T> sign(Num<T> x) {
  return x.v > T(0) ? T(1) : (x.v < T(0) ? T(-1) : x.v);
}

template <class T>
NNRUN_INLINE Dual<T> exp(Dual<T> x) {
  const T y = exp(x.v);
  return {y, slope_times(y, x.d)};
}
template <class T>
NNRUN_INLINE Dual<T> log(Dual<T> x) {
  return {log(x.v), slope_over(x.d, x.v)};
}
template <class T>
NNRUN_INLINE Dual<T> log1p(Dual<T> x) {
  return {log1p(x.v), slope_over(x.d, T(1) + x.v)};
}
template <class T>
NNRUN_INLINE Dual<T> expm1(Dual<T> x) {
  return {expm1(x.v), slope_times(exp(x.v), x.d)};
}
template <class T>
NNRUN_INLINE Dual<T> softplus(Dual<T> x) {
  return {softplus(x.v), bounded_times(sigmoid(x.v), x.d)};
}
template <class T>
NNRUN_INLINE Dual<T> erf(Dual<T> x) {
  return {erf(x.v), bounded_times(T(1.1283791670955126) * exp(-x.v * x.v), x.d)};  // 2/√π
}
template <class T>
NNRUN_INLINE Dual<T> erfc(Dual<T> x) {
  return {erfc(x.v), bounded_times(T(-1.1283791670955126) * exp(-x.v * x.v), x.d)};
}
template <class T>
NNRUN_INLINE Dual<T> sin(Dual<T> x) {
  return {sin(x.v), bounded_times(cos(x.v), x.d)};
}
template <class T>
NNRUN_INLINE Dual<T> cos(Dual<T> x) {
  return {cos(x.v), bounded_times(-sin(x.v), x.d)};
}
template <class T>
NNRUN_INLINE Dual<T> tanh(Dual<T> x) {
  const T y = tanh(x.v);
  return {y, bounded_times(T(1) - y * y, x.d)};
}
template <class T>
NNRUN_INLINE Dual<T> sigmoid(Dual<T> x) {
  const T y = sigmoid(x.v);
  return {y, bounded_times(y * (T(1) - y), x.d)};
}
template <class T>
NNRUN_INLINE Dual<T> sqrt(Dual<T> x) {
  const T y = sqrt(x.v);
  return {y, slope_over(x.d, T(2) * y)};
}
/// At 0 the slope is 0, the middle of what both sides give.
template <class T>
NNRUN_INLINE Dual<T> abs(Dual<T> x) {
  const T sign = x.v > T(0) ? T(1) : (x.v < T(0) ? T(-1) : T(0));
  return {std::abs(x.v), bounded_times(sign, x.d)};
}

template <class N>
concept FormulaNumber = std::same_as<N, Num<float>> || std::same_as<N, Num<double>> ||
    std::same_as<N, Dual<float>> || std::same_as<N, Dual<double>>;

/// The larger one; where both are equal, the first.
template <FormulaNumber N>
NNRUN_INLINE N max(N a, std::type_identity_t<N> b) {
  return a.v < b.v ? b : a;
}
template <Constant U, FormulaNumber N>
NNRUN_INLINE N max(U a, N b) {
  return max(N(a), b);
}
template <FormulaNumber N>
NNRUN_INLINE N min(N a, std::type_identity_t<N> b) {
  return b.v < a.v ? b : a;
}
template <Constant U, FormulaNumber N>
NNRUN_INLINE N min(U a, N b) {
  return min(N(a), b);
}

// Functions that formulas cannot call, declared so that the compiler says so in one line.
#define NNRUN_ABSENT(NAME)                                                                   \
  template <FormulaNumber N, class... More>                                                  \
  N NAME(N x, More...) {                                                                     \
    static_assert(sizeof(N) == 0, #NAME                                                      \
                  " is not there for formulas; these are: exp expm1 log log1p tanh sigmoid " \
                  "softplus sqrt sin cos erf erfc abs sign max min");                        \
    return x;                                                                                \
  }
NNRUN_ABSENT(acos)
NNRUN_ABSENT(asin)
NNRUN_ABSENT(atan)
NNRUN_ABSENT(atan2)
NNRUN_ABSENT(cbrt)
NNRUN_ABSENT(ceil)
NNRUN_ABSENT(cosh)
NNRUN_ABSENT(exp2)
NNRUN_ABSENT(fabs)
NNRUN_ABSENT(floor)
NNRUN_ABSENT(fmax)
NNRUN_ABSENT(fmin)
NNRUN_ABSENT(log10)
NNRUN_ABSENT(log2)
NNRUN_ABSENT(pow)
NNRUN_ABSENT(round)
NNRUN_ABSENT(sinh)
NNRUN_ABSENT(tan)
#undef NNRUN_ABSENT

}  // namespace nnrun
