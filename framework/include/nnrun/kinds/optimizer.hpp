// Optimizers: how parameters move along a gradient.
#pragma once
#include <array>
#include <nnrun/kinds/common.hpp>
#include <utility>

namespace nnrun {

namespace detail {

/// Neither reads nor writes memory, and is never inlined: so a call with the same arguments for all
/// parameters is moved out of the loop over them, which its logarithm would keep from being
/// vectorized.
[[gnu::const, gnu::noinline]] static inline double held(double beta, double steps) noexcept {
  return steps * (1 - beta) > 40 ? 1 : -expm1(steps * log(beta));  // e^-40 no longer changes 1
}

}  // namespace detail

/// What an update knows besides the numbers.
struct Step {
  std::uint64_t number;  ///< from 1
  double rate;           ///< the learning rate of this step
  /// Returns 1 − βᵗ, by which an average that decays by β and began at 0 is divided after t steps.
  double held(double beta) const { return detail::held(beta, static_cast<double>(number)); }
};

namespace detail {

template <class C>
constexpr std::size_t slot_count() {
  if constexpr (requires { C::slots; })
    return std::size(C::slots);
  else
    return 0;
}
template <class C>
constexpr const char* const* slot_names() {
  if constexpr (requires { C::slots; })
    return C::slots;
  else
    return nullptr;
}

// The loop copies optimizer and constants, so that the compiler knows that storing numbers does not
// change them. It is inlined into the entry, which is what is compiled once per level.
template <class C, class T, class K, std::size_t... I>
NNRUN_INLINE void update_all(const C optimizer, const K constants, T* __restrict w,
                             const T* __restrict g, [[maybe_unused]] void* const* slots,
                             std::size_t n, std::index_sequence<I...>) {
  static_assert(
      requires(Num<T> & weight, Num<T> g_i, std::array<Num<T>, sizeof...(I)> & state) {
        optimizer.update(weight, g_i, state[I]..., constants);
      },
      "an optimizer gives void update(auto& w, auto g, auto&... slots, const auto& k) const, a "
      "number "
      "for each slot");
  [[maybe_unused]] const std::array<T*, sizeof...(I)> slot{static_cast<T*>(slots[I])...};
  each<T>(
      n, [=](std::size_t i) __attribute__((always_inline)) {
        Num<T> weight(w[i]);
        std::array<Num<T>, sizeof...(I)> state{Num<T>(slot[I][i])...};
        optimizer.update(weight, Num<T>(g[i]), state[I]..., constants);
        w[i] = weight.v;
        ((slot[I][i] = state[I].v), ...);
      });
}
template <class C, class T>
NNRUN_CLONES int update(void* self, const nnrun_update* u) noexcept {
  return guard([&] {
    const C& c = *static_cast<const C*>(self);
    const Step step{u->step, u->rate};
    const auto apply = [&]<class K, std::size_t... I>(const K& k, std::index_sequence<I...> index) {
      update_all<C, T, K, I...>(c, k, static_cast<T*>(u->w), in<T>(u->g), u->slots, u->n, index);
    };
    constexpr auto index = std::make_index_sequence<slot_count<C>()>{};
    if constexpr (requires { c.prepare(step); })
      apply(c.prepare(step), index);
    else
      apply(step, index);
  });
}

}  // namespace detail

/// Give `void update(auto& w, auto g, auto&... slots, const K& k) const` for one parameter. K is
/// nnrun::Step, or what the optional `K prepare(const Step&) const` works out once per step.
/// `static constexpr const char* slots[]` names numbers that are kept per parameter; the host owns
/// and saves them, and they start at 0. `learning_rate` is the default for configs that give none.
struct Optimizer {
  static constexpr auto kind = "optimizer/1";
  static constexpr double learning_rate = 0.01;
  template <class C>
  static constexpr nnrun_optimizer functions_of() {
    using namespace detail;
    return {sizeof(nnrun_optimizer), NNRUN_ELEMENTWISE, static_cast<std::uint32_t>(slot_count<C>()),
            slot_names<C>(),         C::learning_rate,  {update<C, float>, update<C, double>}};
  }
};

}  // namespace nnrun
