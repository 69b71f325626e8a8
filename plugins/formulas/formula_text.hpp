// What the classes of this set share: a formula and its numbers as settings, and what is wrong with
// them.
#pragma once
#include <nnrun/formula_text.hpp>
#include <nnrun/plugin.hpp>

#include "expression.hpp"

namespace formulas {

struct Parsed {
  Expression expression;
  int result = 0;
};

/// Returns the formula. Throws Fault.
Parsed parsed(std::string_view text, std::span<const char* const> numbers,
              std::span<const char* const> inputs);
/// Returns what an author of a plugin throws: it has no place in a config.
nnrun::Error error_of(const Fault& fault);
/// Tells the host of a fault, with the words that could have been meant.
void tell(const Fault& fault, std::span<const char* const> numbers,
          std::span<const char* const> inputs, void* host,
          void (*to)(void* host, const nnrun_formula_fault*));

/// A class derives from it and gives `static constexpr const char* inputs[]`, the names in its
/// formula, and `void compile(const Parsed&)`.
template <class Derived, class Kind>
struct FromText : Kind {
  std::span<const char* const> numbers;

  void compile_text(const char* text) {
    try {
      static_cast<Derived&>(*this).compile(parsed(text, numbers, Derived::inputs));
    } catch (const Fault& fault) {
      throw error_of(fault);
    }
  }

  static int check_text(const char* text, const char* const* numbers, std::uint32_t n, void* host,
                        void (*to)(void* host, const nnrun_formula_fault*)) noexcept {
    const std::span<const char* const> given(numbers, n);
    try {
      Derived().compile(parsed(text, given, Derived::inputs));
      return 0;
    } catch (const Fault& fault) {
      tell(fault, given, Derived::inputs, host, to);
    } catch (...) {
      tell(Fault{0, 0, "there is not enough memory for the formula"}, given, Derived::inputs, host,
           to);
    }
    return 1;
  }
  static constexpr nnrun_formula_text table{sizeof(nnrun_formula_text), "formula", "numbers",
                                            check_text};
  static const void* extension(std::string_view id) {
    return id == NNRUN_FORMULA_TEXT ? &table : nullptr;
  }
};

inline constexpr auto about_numbers =
    "name=1.5, or name: 1.5 beside the formula: what its other names stand for";

}  // namespace formulas
