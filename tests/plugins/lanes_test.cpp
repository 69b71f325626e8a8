// Loops of lanes.hpp, compiled as plugins are and for AVX2 wherever this is a machine that has it.
#include <catch2/catch.hpp>
#include <cstddef>
#include <nnrun/lanes.hpp>
#include <vector>

namespace {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define AS_IN_PLUGINS(LEVEL) __attribute__((noinline, target("arch=" LEVEL), optimize("O3")))
#define HAS_AVX2 __builtin_cpu_supports("avx2")
#define HAS_AVX512 (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
#else
#define AS_IN_PLUGINS(LEVEL)
#define HAS_AVX2 true
#define HAS_AVX512 true
#endif

template <class T>
struct Columns {
  const T *a, *b, *c, *d;
  T* out;
};
template <class T>
NNRUN_INLINE void choose(const Columns<T>& x, std::size_t n) {
  nnrun::each(
      n, [=](std::size_t k)
             __attribute__((always_inline)) { x.out[k] = x.a[k] < x.b[k] ? x.c[k] : x.d[k]; });
}
template <class T>
AS_IN_PLUGINS("x86-64")
void choose_v1(const Columns<T>& x, std::size_t n) {
  choose(x, n);
}
template <class T>
AS_IN_PLUGINS("x86-64-v3")
void choose_v3(const Columns<T>& x, std::size_t n) {
  choose(x, n);
}
template <class T>
AS_IN_PLUGINS("x86-64-v4")
void choose_v4(const Columns<T>& x, std::size_t n) {
  choose(x, n);
}

}  // namespace

TEMPLATE_TEST_CASE("each takes what the condition says, at every level", "", float, double) {
  for (const std::size_t n : {8U, 16U, 40U, 64U, 1000U}) {
    std::vector<TestType> a(n), b(n), c(n), d(n);
    for (std::size_t k = 0; k < n; ++k) {
      a[k] = static_cast<TestType>(k * 7 % 5);
      b[k] = static_cast<TestType>(k * 3 % 4);
      c[k] = static_cast<TestType>(k + 1);
      d[k] = -static_cast<TestType>(k + 1);
    }
    std::vector<TestType> right(n);
    for (std::size_t k = 0; k < n; ++k)
      right[k] =
          static_cast<TestType>(k * 7 % 5 < k * 3 % 4 ? 1 : -1) * static_cast<TestType>(k + 1);
    const auto chosen = [&](auto choice) {
      std::vector<TestType> out(n);
      choice(Columns<TestType>{a.data(), b.data(), c.data(), d.data(), out.data()}, n);
      return out;
    };
    CAPTURE(n);
    CHECK(chosen(choose_v1<TestType>) == right);
    if (HAS_AVX2) CHECK(chosen(choose_v3<TestType>) == right);
    if (HAS_AVX512) CHECK(chosen(choose_v4<TestType>) == right);
  }
}
