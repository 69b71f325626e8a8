// Whole lanes of numbers: what makes short kernels fast on every x86-64, without -march.
#pragma once
#include <nnrun/abi.h>

#include <cstddef>
#include <type_traits>

// Lanes are only passed between inlined functions: no calling convention is involved.
#pragma GCC diagnostic ignored "-Wpsabi"

/// A function compiled once per instruction-set level and chosen when the library is loaded. All
/// levels give the same bits, since nothing is contracted. What it calls is inlined, or it would
/// run at the lowest level.
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

/// n rounded up to whole lanes.
constexpr std::size_t padded(std::size_t n) {
  return (n + lanes - 1) / lanes * lanes;
}

/// f(i) for 0 … padded(n) - 1: a trip count that is known gives vectors without a remainder.
template <class F>
NNRUN_INLINE void each(std::size_t n, F f) {
  for (std::size_t i = 0; i < n; i += lanes) {
#pragma GCC ivdep
    for (std::size_t j = 0; j < lanes; ++j) f(i + j);
  }
}

template <class T>
struct LaneTypes {
  using Int = std::conditional_t<sizeof(T) == 4, int, long>;
  typedef T Numbers __attribute__((vector_size(lanes * sizeof(T)), aligned(sizeof(T)), may_alias));
  typedef Int Mask __attribute__((vector_size(lanes * sizeof(T))));
};
/// Eight numbers side by side, at any address of a T.
template <class T>
using Lane = typename LaneTypes<T>::Numbers;

template <class T>
NNRUN_INLINE Lane<T>& lane_at(T* p) {
  return *reinterpret_cast<Lane<T>*>(p);
}
template <class T>
NNRUN_INLINE const Lane<T>& lane_at(const T* p) {
  return *reinterpret_cast<const Lane<T>*>(p);
}

/// Lanes from n on become zero. A select, so what stood there may be anything, NaN too.
template <class T>
NNRUN_INLINE Lane<T> first_lanes(Lane<T> v, std::size_t n) {
  using Mask = typename LaneTypes<T>::Mask;
  const Mask index = {0, 1, 2, 3, 4, 5, 6, 7};
  const Mask count = Mask{} + static_cast<typename LaneTypes<T>::Int>(n < lanes ? n : lanes);
  return index < count ? v : Lane<T>{};
}

/// The sum of all lanes, in every lane; always added in the same order.
template <class T>
NNRUN_INLINE Lane<T> sum_of_lanes(Lane<T> v) {
  using Mask = typename LaneTypes<T>::Mask;
  v += __builtin_shuffle(v, Mask{4, 5, 6, 7, 0, 1, 2, 3});
  v += __builtin_shuffle(v, Mask{2, 3, 0, 1, 6, 7, 4, 5});
  return v + __builtin_shuffle(v, Mask{1, 0, 3, 2, 5, 4, 7, 6});
}

}  // namespace nnrun
