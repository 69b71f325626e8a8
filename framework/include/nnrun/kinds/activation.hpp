// Activations: a = f(z), number by number, or row by row (softmax).
#pragma once
#include <nnrun/affine.hpp>
#include <nnrun/kinds/common.hpp>

namespace nnrun {
namespace detail {

template <class C>
concept Formula = Chooses<C> || requires(const C c, Num<double> x) {
  c.f(x);
};
template <class C>
concept SlopeFromBoth = requires(const C c, Num<double> x) {
  c.df(x, x);
};

template <class C, class T>
concept RowFormula = requires(const C c, std::span<const T> z, std::span<T> a) {
  c.forward(z, a);
  c.backward(z, z, z, a);
};
// The loops copy the formula, so that the compiler knows that storing numbers does not change its
// settings. They are inlined into the entries, which are what is compiled once per level: a call
// goes straight to its loop.
template <class T, class C>
NNRUN_INLINE void values_of(const C formula, const T* z, T* a, std::size_t n) {
  each<T>(
      n, [=](std::size_t i)
             __attribute__((always_inline)) { a[i] = Num<T>(formula.f(Num<T>(z[i]))).v; });
}
template <class T, class C>
NNRUN_INLINE void slopes_of(const C formula, const T* z, [[maybe_unused]] const T* a, const T* da,
                            T* dz, std::size_t n) {
  static_assert(SlopeFromBoth<C> || !NamesDf<C>,
                "df takes x and y = f(x): auto df(auto x, auto y) const");
  each<T>(
      n, [=](std::size_t i) __attribute__((always_inline)) {
        if constexpr (SlopeFromBoth<C>)
          dz[i] = da[i] * Num<T>(formula.df(Num<T>(z[i]), Num<T>(a[i]))).v;
        else
          dz[i] = da[i] * Dual<T>(formula.f(Dual<T>(z[i], T(1)))).d;
      });
}

template <class C, class T>
NNRUN_CLONES int activate(void* self, const void* z, void* a, std::size_t rows,
                          std::size_t cols) noexcept {
  return guard([&] {
    with_formula(*static_cast<const C*>(self), [&](const auto& formula) {
      values_of<T>(formula, in<T>(z), out<T>(a), rows * cols);
    });
  });
}
template <class C, class T>
NNRUN_CLONES int activate_backward(void* self, const void* z, const void* a, const void* da,
                                   void* dz, std::size_t rows, std::size_t cols) noexcept {
  return guard([&] {
    with_formula(*static_cast<const C*>(self), [&](const auto& formula) {
      slopes_of<T>(formula, in<T>(z), in<T>(a), in<T>(da), out<T>(dz), rows * cols);
    });
  });
}
// One example through a layer and its activation: each number goes from the one to the other in a
// register, not through memory. The lambdas say always_inline: without flags that authors of
// plugins need not give, g++ compiles them by themselves, for the lowest level.
template <class C, class T>
NNRUN_CLONES int activate_affine(void* self, const nnrun_layer_call* call, void* to) noexcept {
  return guard([&]() __attribute__((always_inline)) {
    with_formula(
        *static_cast<const C*>(self), [&](const auto& formula) __attribute__((always_inline)) {
          const LayerCall<T> c{*call};
          affine::forward(
              c, call->plan->affine == NNRUN_AFFINE_WITH_BIAS,
              [&](std::size_t u, Lane<T> sum) __attribute__((always_inline)) {
                alignas(64) T z[lanes];
                lane_at(z) = sum;
                lane_at(c.out() + u) = sum;  // for backward; nothing waits for it
                values_of<T>(formula, z, out<T>(to) + u, lanes);
              });
        });
  });
}
template <class C, class T>
NNRUN_CLONES int activate_affine_backward(void* self, const nnrun_layer_call* call, const void* a,
                                          const void* da) noexcept {
  return guard([&]() __attribute__((always_inline)) {
    with_formula(
        *static_cast<const C*>(self), [&](const auto& formula) __attribute__((always_inline)) {
          const LayerCall<T> c{*call};
          affine::backward(
              c, call->plan->affine == NNRUN_AFFINE_WITH_BIAS,
              [&](std::size_t u) __attribute__((always_inline)) {
                alignas(64) T dz[lanes];
                slopes_of<T>(formula, c.out() + u, in<T>(a) + u, in<T>(da) + u, dz, lanes);
                const Lane<T> slope = lane_at(static_cast<const T*>(dz));
                lane_at(out<T>(call->out.d) + u) = slope;
                return slope;
              });
        });
  });
}
template <class C, class T>
int activate_rows(void* self, const void* z, void* a, std::size_t rows, std::size_t cols) noexcept {
  return guard([&] {
    const C& c = *static_cast<const C*>(self);
    for (std::size_t r = 0; r < rows; ++r)
      c.forward(std::span(in<T>(z) + r * cols, cols), std::span(out<T>(a) + r * cols, cols));
  });
}
template <class C, class T>
int activate_rows_backward(void* self, const void* z, const void* a, const void* da, void* dz,
                           std::size_t rows, std::size_t cols) noexcept {
  return guard([&] {
    const C& c = *static_cast<const C*>(self);
    for (std::size_t r = 0; r < rows * cols; r += cols)
      c.backward(std::span(in<T>(z) + r, cols), std::span(in<T>(a) + r, cols),
                 std::span(in<T>(da) + r, cols), std::span(out<T>(dz) + r, cols));
    for (std::size_t i = rows * cols; i < padded(rows * cols); ++i) out<T>(dz)[i] = T(0);
  });
}

template <class C, class T>
constexpr nnrun_activation_functions activation_functions() {
  if constexpr (Formula<C>) {
    return {activate<C, T>, activate_backward<C, T>};
  } else {
    static_assert(RowFormula<C, T>,
                  "an activation gives auto f(auto x) const, or forward and backward for rows");
    return {activate_rows<C, T>, activate_rows_backward<C, T>};
  }
}

template <class C, class T>
constexpr nnrun_affine_functions affine_functions() {
  if constexpr (Formula<C>)
    return {activate_affine<C, T>, activate_affine_backward<C, T>};
  else
    return {};
}

template <class C>
constexpr std::uint32_t activation_flags() {
  std::uint32_t flags = Formula<C> ? NNRUN_ELEMENTWISE : 0u;
  if constexpr (requires { C::sums_to_one; }) flags |= C::sums_to_one ? NNRUN_SUMS_TO_ONE : 0u;
  if constexpr (requires { C::in_place; }) flags |= C::in_place ? NNRUN_IN_PLACE : 0u;
  return flags;
}
template <class C>
constexpr Range outputs_of() {
  if constexpr (requires {
                  { C::outputs } -> std::convertible_to<const Range&>;
                })
    return C::outputs;
  else
    return {};
}
template <class C>
constexpr const char* join_of() {
  if constexpr (requires {
                  { C::joins } -> std::convertible_to<const char*>;
                })
    return C::joins;
  else
    return nullptr;
}
}  // namespace detail

/// Give `auto f(auto x) const`, the formula for one number; its slope follows by itself, or is
/// given as `auto df(auto x, auto y) const` with y = f(x). Where settings choose between formulas,
/// give `void choose(auto visit) const`, which calls visit with an object that has them. Or, for
/// rows as a whole, the templates `forward(span<const T> z, span<T> a) const` and
/// `backward(span<const T> z, span<const T> a, span<const T> da, span<T> dz) const`. Two constants
/// let nnrun warn of what cannot be learnt: `static constexpr nnrun::Range outputs{0, 1}` says that
/// all outputs lie between 0 and 1, `static constexpr bool sums_to_one = true` that those of a row
/// add up to 1. `static constexpr auto joins = "softmax"` lets a cost that joins the same word work
/// from the numbers before the activation, which have not rounded to 0 or 1. `static constexpr bool
/// in_place = true` says that df (or backward) does not look at x: outputs may then take the place
/// of the numbers that they are made from, which saves memory and time.
struct Activation {
  static constexpr auto kind = "activation/1";
  template <class C>
  static constexpr nnrun_activation functions_of() {
    using namespace detail;
    return {sizeof(nnrun_activation),
            activation_flags<C>(),
            {activation_functions<C, float>(), activation_functions<C, double>()},
            outputs_of<C>(),
            join_of<C>(),
            {affine_functions<C, float>(), affine_functions<C, double>()}};
  }
};

}  // namespace nnrun
