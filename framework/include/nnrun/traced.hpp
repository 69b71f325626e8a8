// What a class offers as "nnrun.formula/1": its formula, or the name of an operation.
#pragma once
#include <nnrun/kinds/activation.hpp>
#include <nnrun/kinds/layer.hpp>
#include <nnrun/symbol.hpp>
#include <string_view>

namespace nnrun::detail {

template <class C>
constexpr bool is_traced() {
  if constexpr (requires { C::traced; })
    return C::traced;
  else
    return true;
}

/// A layer that is a formula of one column: numbers of its inputs, and of its blocks.
template <class C>
concept ColumnFormula = requires(const C c, std::span<const Num<Symbol>> x) {
  c.row(x, x);
};
/// An activation that is a formula of one number and its row.
template <class C>
concept NumberOfRow = requires(const C c, Num<Symbol> x) {
  c.row(x);
};
template <class C>
concept SymbolicFormula = Chooses<C> || requires(const C c, Num<Symbol> x) {
  c.f(x);
};

template <class C>
constexpr const char* operation_of() {
  if constexpr (requires { C::operation; })
    return C::operation;
  else
    return nullptr;
}

template <class C>
constexpr bool has_formula() {
  if constexpr (!is_traced<C>())
    return false;
  else if constexpr (std::derived_from<C, Activation>)
    return NumberOfRow<C> || (Formula<C> && SymbolicFormula<C>);
  else if constexpr (std::derived_from<C, Layer>)
    return operation_of<C>() != nullptr || ColumnFormula<C>;
  else
    return false;
}

template <class C>
Num<Symbol> formula_in(const C& c, [[maybe_unused]] const nnrun_plan* plan,
                       std::span<const Num<Symbol>> x) {
  if constexpr (ColumnFormula<C>) {
    return c.row(x.first(plan->n_in), x.subspan(plan->n_in));
  } else if constexpr (NumberOfRow<C>) {
    return c.row(x[0]);
  } else if constexpr (std::derived_from<C, Activation>) {
    Num<Symbol> y;
    with_formula(c, [&](const auto& formula) { y = Num<Symbol>(formula.f(x[0])); });
    return y;
  } else {
    throw Error("is an operation, not a formula");
  }
}

template <class C>
int trace_formula(void* self, const nnrun_plan* plan, const nnrun_tape* tape, const int* inputs,
                  std::uint32_t n, int* result) noexcept {
  return guard([&] {
    *result = traced_once(tape, inputs, n, [&](std::span<const Num<Symbol>> x) {
      return formula_in(*static_cast<const C*>(self), plan, x);
    });
  });
}

template <class C>
inline constexpr nnrun_formula formula_table{sizeof(nnrun_formula), operation_of<C>(),
                                             trace_formula<C>};

}  // namespace nnrun::detail
