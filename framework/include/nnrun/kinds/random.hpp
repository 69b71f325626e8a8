// Sources of random numbers.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {
namespace detail {
template <class C>
int seed(void* self, std::uint64_t seed) noexcept {
  static_assert(
      requires(C c, const char* name, std::uint64_t n, std::span<double> out) {
        c.seed(n);
        c.uniform(name, n, n, out);
      },
      "a random gives seed(n) and uniform(stream, index, from, out)");
  return guard([&] { static_cast<C*>(self)->seed(seed); });
}
template <class C>
int uniform(void* self, const char* name, std::uint64_t index, std::uint64_t from, double* out,
            std::size_t n) noexcept {
  return guard([&] { static_cast<C*>(self)->uniform(name, index, from, std::span(out, n)); });
}
template <class C>
constexpr std::uint32_t random_flags() {
  if constexpr (requires { C::sequential; })
    return C::sequential ? NNRUN_SEQUENTIAL : 0u;
  else
    return 0;
}
}  // namespace detail

/// Give `void seed(uint64_t)`, called once, and `void uniform(const char* stream, uint64_t index,
/// uint64_t from, span<double> out)`, which writes numbers from, from + 1, … of a stream, in [0,
/// 1). `static constexpr bool sequential = true` says that there is one sequence for all streams.
struct Random {
  static constexpr auto kind = "random/1";
  template <class C>
  static constexpr nnrun_random functions_of() {
    return {sizeof(nnrun_random), detail::random_flags<C>(), detail::seed<C>, detail::uniform<C>};
  }
};

}  // namespace nnrun
