// Whole lanes of numbers: what makes short kernels fast on every x86-64, without -march.
#pragma once
#include <nnrun/abi.h>

#include <cstddef>
#include <type_traits>

// Lanes are only passed between inlined functions: no calling convention is involved.
#pragma GCC diagnostic ignored "-Wpsabi"

/// Marks a function that is compiled once per instruction-set level and chosen when the library is
/// loaded. All levels give the same bits, since nothing is contracted. What it calls is inlined, or
/// that would run at the lowest level. g++ assumes that such a function never throws, and drops
/// handlers around calls of it: what may throw is caught within.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__AVX2__) && \
    defined(__OPTIMIZE__) && !defined(NNRUN_NO_CLONES)
#define NNRUN_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), flatten))
#else
#define NNRUN_CLONES
#endif
#define NNRUN_INLINE inline __attribute__((always_inline))

namespace nnrun {

inline constexpr std::size_t lanes = NNRUN_LANES;

/// Returns n rounded up to whole lanes.
constexpr std::size_t padded(std::size_t n) {
  return (n + lanes - 1) / lanes * lanes;
}

/// Calls f(i) for 0 … padded(n) - 1: a multiple of the lanes gives vectors without a remainder.
/// One loop, not lanes within a loop: where f reads `a[i] < b[i] ? c[i] : d[i]` in double, g++ 12
/// unrolls the inner loop for AVX2 and reads its second vector by the mask of the first.
template <class F>
NNRUN_INLINE void each(std::size_t n, F f) {
  const std::size_t end = padded(n);
#pragma GCC ivdep
  for (std::size_t i = 0; i < end; ++i) f(i);
}

/// The same for numbers of type T that the step before may just have stored, lane by lane. A load
/// that is wider than the stores which it reads waits until they have reached the cache: with
/// registers of 64 bytes that took a third of a step of a small network. So few numbers are taken
/// in vectors of 32 bytes, as Lane has them; of many, most were stored long ago.
template <class T, class F>
NNRUN_INLINE void each(std::size_t n, F f) {
  constexpr std::size_t few = 256, part = 32 / sizeof(T);
  if (n > few) return each(n, f);
  for (std::size_t i = 0, end = padded(n); i < end; i += part) {
    asm volatile("");  // no vector holds numbers of two rounds
#pragma GCC ivdep
#pragma GCC unroll 1
    for (std::size_t j = 0; j < part; ++j) f(i + j);
  }
}

/// Eight numbers side by side, at any address of a T. In parts of 32 bytes: a wider vector type
/// goes through memory piece by piece wherever registers are no wider than that.
template <class T>
struct __attribute__((may_alias)) Lane {
  static constexpr std::size_t part_size = 32 / sizeof(T), parts = lanes / part_size;
  static_assert(parts == 1 || parts == 2, "float or double");
  using Int = std::conditional_t<sizeof(T) == 4, int, long>;
  typedef T Part __attribute__((vector_size(32), aligned(sizeof(T)), may_alias));
  typedef Int Mask __attribute__((vector_size(32)));

  Part part[parts];
  NNRUN_INLINE T operator[](std::size_t i) const { return part[i / part_size][i % part_size]; }
};

namespace detail {
/// Makes a lane part by part: f(0), f(1).
template <class T, class F>
NNRUN_INLINE Lane<T> by_parts(F f) {
  if constexpr (Lane<T>::parts == 1)
    return {{f(0)}};
  else
    return {{f(0), f(1)}};
}
}  // namespace detail

#define NNRUN_LANE(OP)                                                                         \
  template <class T>                                                                           \
  NNRUN_INLINE Lane<T> operator OP(const Lane<T>& a, const Lane<T>& b) {                       \
    return detail::by_parts<T>([&](int k) __attribute__((always_inline)) {                     \
      return a.part[k] OP b.part[k];                                                           \
    });                                                                                        \
  }                                                                                            \
  template <class T>                                                                           \
  NNRUN_INLINE Lane<T> operator OP(const Lane<T>& a, std::type_identity_t<T> b) {              \
    return detail::by_parts<T>([&](int k)                                                      \
                                   __attribute__((always_inline)) { return a.part[k] OP b; }); \
  }                                                                                            \
  template <class T>                                                                           \
  NNRUN_INLINE Lane<T> operator OP(std::type_identity_t<T> a, const Lane<T>& b) {              \
    return detail::by_parts<T>([&](int k)                                                      \
                                   __attribute__((always_inline)) { return a OP b.part[k]; }); \
  }
NNRUN_LANE(+)
NNRUN_LANE(-)
NNRUN_LANE(*)
#undef NNRUN_LANE
template <class T>
NNRUN_INLINE Lane<T>& operator+=(Lane<T>& a, const Lane<T>& b) {
  return a = a + b;
}

template <class T>
NNRUN_INLINE Lane<T>& lane_at(T* p) {
  return *reinterpret_cast<Lane<T>*>(p);
}
/// By value, part by part: a copy of the whole would go through memory in pieces.
template <class T>
NNRUN_INLINE Lane<T> lane_at(const T* p) {
  const Lane<T>& v = *reinterpret_cast<const Lane<T>*>(p);
  return detail::by_parts<T>([&](int k) __attribute__((always_inline)) { return v.part[k]; });
}

/// Returns x with the lanes from n on set to zero. It selects, so they may have been anything, even
/// NaN.
template <class T>
NNRUN_INLINE Lane<T> first_lanes(Lane<T> v, std::size_t n) {
  using Int = typename Lane<T>::Int;
  using Mask = typename Lane<T>::Mask;
  return detail::by_parts<T>([&](int k) __attribute__((always_inline)) {
    Mask index;
    if constexpr (sizeof(T) == 4)
      index = Mask{0, 1, 2, 3, 4, 5, 6, 7};
    else
      index = Mask{0, 1, 2, 3} + static_cast<Int>(k * 4);
    const Mask count = Mask{} + static_cast<Int>(n < lanes ? n : lanes);
    return index < count ? v.part[k] : typename Lane<T>::Part{};
  });
}
/// Returns, lane by lane, b where `choice` is 0, else a.
template <class T>
NNRUN_INLINE Lane<T> select(const Lane<T>& choice, const Lane<T>& a, const Lane<T>& b) {
  return detail::by_parts<T>([&](int k) __attribute__((always_inline)) {
    return choice.part[k] == typename Lane<T>::Part{} ? b.part[k] : a.part[k];
  });
}

// Moves the numbers of a vector: place i gets that of place MASK[i].
#if defined(__clang__)
#define NNRUN_SHUFFLED(vector, ...) __builtin_shufflevector(vector, vector, __VA_ARGS__)
#else
#define NNRUN_SHUFFLED(vector, ...) __builtin_shuffle(vector, typename Lane<T>::Mask{__VA_ARGS__})
#endif

/// Returns the sum of all lanes, in every lane; always added in the same order: halves, quarters,
/// pairs.
template <class T>
NNRUN_INLINE Lane<T> sum_of_lanes(Lane<T> v) {
  typename Lane<T>::Part sum = v.part[0];
  if constexpr (Lane<T>::parts == 1) {
    sum += NNRUN_SHUFFLED(sum, 4, 5, 6, 7, 0, 1, 2, 3);
    sum += NNRUN_SHUFFLED(sum, 2, 3, 0, 1, 6, 7, 4, 5);
    sum += NNRUN_SHUFFLED(sum, 1, 0, 3, 2, 5, 4, 7, 6);
  } else {
    sum += v.part[1];
    sum += NNRUN_SHUFFLED(sum, 2, 3, 0, 1);
    sum += NNRUN_SHUFFLED(sum, 1, 0, 3, 2);
  }
  return detail::by_parts<T>([&](int) __attribute__((always_inline)) { return sum; });
}
#undef NNRUN_SHUFFLED

}  // namespace nnrun
