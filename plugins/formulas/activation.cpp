#include "formula_text.hpp"
#include "program.hpp"

using formulas::Parsed;
using formulas::Program;

/// An activation written in a config. Its slope is worked out from the formula when it is created;
/// where that uses f(x), what was computed for it.
struct FormulaActivation : formulas::FromText<FormulaActivation, nnrun::Activation> {
  static constexpr auto name = "formula", doc = "a formula of x, written in the config";
  static constexpr const char* inputs[] = {"x"};
  const char* formula = "x * sigmoid(x)";
  Program value, slope;
  formulas::Expression expression;  // to be exported
  int result = 0;

  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&FormulaActivation::formula, "formula", "of x: \"x * sigmoid(beta * x)\""),
        nnrun::param(&FormulaActivation::numbers, "numbers", formulas::about_numbers));
  }
  void check() { compile_text(formula); }

  void compile(Parsed parsed) {
    expression = parsed.expression;
    result = parsed.result;
    formulas::Expression& e = parsed.expression;
    value = Program(e, 1, std::span(&result, 1));
    // inputs of the slope: x, the slope of the cost, f(x)
    const int dz = e.slope_times(e.input(1), e.slope(result, 0));
    slope = Program(e, 3, std::span(&dz, 1), result);
  }

  /// So that it can be exported.
  template <class N>
  N row(N x) const {
    return formulas::worked_out<N>(expression, result, std::span<const N>(&x, 1));
  }

  template <class T>
  static int forward(void* self, const void* z, void* a, std::size_t rows,
                     std::size_t cols) noexcept {
    const T* const in[] = {static_cast<const T*>(z)};
    T* const out[] = {static_cast<T*>(a)};
    static_cast<const FormulaActivation*>(self)->value.run<T>(in, out, rows * cols);
    return 0;
  }
  template <class T>
  static int backward(void* self, const void* z, const void* a, const void* da, void* dz,
                      std::size_t rows, std::size_t cols) noexcept {
    const T* const in[] = {static_cast<const T*>(z), static_cast<const T*>(da),
                           static_cast<const T*>(a)};
    T* const out[] = {static_cast<T*>(dz)};
    static_cast<const FormulaActivation*>(self)->slope.run<T>(in, out, rows * cols);
    return 0;
  }
  template <class>
  static constexpr nnrun_activation functions_of() {
    return {sizeof(nnrun_activation),
            NNRUN_ELEMENTWISE,
            {{forward<float>, backward<float>}, {forward<double>, backward<double>}},
            {},
            nullptr};
  }
};
NNRUN_REGISTER(FormulaActivation)
