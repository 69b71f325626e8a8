// Regularizers: penalties on the parameters themselves.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {
namespace detail {

// As for optimizers, the loops copy the object and are inlined into the entries.
template <class C, class T>
NNRUN_INLINE void add_slopes(const C regularizer, const T* w, T* g, T* state, std::size_t n) {
  each<T>(
      n, [=](std::size_t i) __attribute__((always_inline)) {
        if constexpr (requires(Num<T> x) { regularizer.remember(x, x); })
          state[i] = Num<T>(regularizer.remember(Num<T>(w[i]), Num<T>(state[i]))).v;
        if constexpr (requires(Num<T> x) { regularizer.slope(x); })
          g[i] += Num<T>(regularizer.slope(Num<T>(w[i]))).v;
      });
}
template <class C, class T>
NNRUN_INLINE void apply_after(const C regularizer, T* w, T* state, double rate, std::size_t n) {
  each<T>(
      n, [=](std::size_t i) __attribute__((always_inline)) {
        Num<T> weight(w[i]), kept(state[i]);
        regularizer.after(weight, kept, rate);
        w[i] = weight.v;
        state[i] = kept.v;
      });
}

template <class C, class T>
NNRUN_CLONES int regularizer_add(void* self, const void* w, void* g, void* state,
                                 std::size_t n) noexcept {
  return guard([&] {
    add_slopes<C, T>(*static_cast<const C*>(self), in<T>(w), out<T>(g), out<T>(state), n);
  });
}
template <class C, class T>
NNRUN_CLONES int regularizer_after(void* self, void* w, void* state, double rate,
                                   std::size_t n) noexcept {
  return guard(
      [&] { apply_after<C, T>(*static_cast<const C*>(self), out<T>(w), out<T>(state), rate, n); });
}
template <class C, class T>
int regularizer_penalty(void* self, const void* w, std::size_t n, double* out) noexcept {
  return guard([&] {
    const C& c = *static_cast<const C*>(self);
    *out = 0;
    for (std::size_t i = 0; i < n; ++i)
      *out += Num<double>(c.penalty(Num<double>(static_cast<double>(in<T>(w)[i])))).v;
  });
}

template <class C, class T>
constexpr nnrun_regularizer_functions regularizer_functions() {
  static_assert(
      requires(const C c, Num<T> w) { c.penalty(w); } &&
          (
              requires(const C c, Num<T> w) { c.slope(w); } ||
              requires(const C c, Num<T> w) { c.remember(w, w); }),
      "a regularizer gives auto penalty(auto w) const and auto slope(auto w) const");
  nnrun_regularizer_functions f{regularizer_add<C, T>, nullptr, regularizer_penalty<C, T>};
  if constexpr (requires(const C c, Num<T> w) { c.after(w, w, 0.); })
    f.after = regularizer_after<C, T>;
  return f;
}
}  // namespace detail

/// Give `auto penalty(auto w) const` of one parameter and its `auto slope(auto w) const`, which is
/// added to the gradient before it is clipped; both must be 0 at 0. Also, or instead of slope, for
/// what a gradient cannot express, `auto remember(auto w, auto state) const`, the new state before
/// the update, and `void after(auto& w, auto& state, double rate) const`, called after it.
struct Regularizer {
  static constexpr auto kind = "regularizer/1";
  template <class C>
  static constexpr nnrun_regularizer functions_of() {
    using namespace detail;
    return {sizeof(nnrun_regularizer),
            0,
            {regularizer_functions<C, float>(), regularizer_functions<C, double>()}};
  }
};

}  // namespace nnrun
