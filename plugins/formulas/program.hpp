// Operations of a formula in the order in which blocks of numbers go through them: a loop over the
// block for each, so that the choice of the operation costs nothing.
#pragma once
#include <nnrun/lanes.hpp>
#include <nnrun/number.hpp>
#include <span>
#include <vector>

#include "expression.hpp"

namespace formulas {

inline constexpr std::size_t block = 128, most_registers = 128;

/// Registers are numbers of buffers: inputs first, then results, then what lies between.
struct Instruction {
  Op op;
  enum class Form : unsigned char { registers, first_constant, second_constant } form;
  unsigned char out, a, b, c, d;  ///< `where` of a < b or a <= b: c, else d
  bool or_equal;
  double value;
};

class Program {
 public:
  Program() = default;
  /// results: operations of the expression. known: one that an input holds already, the last input;
  /// -1: none. Throws Fault if it needs too many registers.
  Program(const Expression& expression, std::size_t inputs, std::span<const int> results,
          int known = -1);

  /// Works out n numbers of each result, and what follows up to whole lanes. Bits do not depend on
  /// n, nor on where in a block a number lies.
  template <class T>
  void run(const T* const* inputs, T* const* results, std::size_t n) const;

 private:
  class Assembly;

  /// Room on the stack for registers between inputs and results: threads may have little of it.
  template <class T, std::size_t Count>
  [[gnu::noinline]] void run_with_room(const T* const* inputs, T* const* results,
                                       std::size_t n) const {
    alignas(64) T between[Count][block];
    run_in_lanes<T>(*this, inputs, results, n, between);
  }

  /// Compiled once for each type and level: its many loops take seconds.
  template <class T>
  NNRUN_CLONES static void run_in_lanes(const Program& program, const T* const* inputs,
                                        T* const* results, std::size_t n,
                                        T (*between)[block]) noexcept {
    T* registers[most_registers];
    const std::size_t n_inputs = program.n_inputs_, named = n_inputs + program.n_results_;
    for (std::size_t i = named; i < program.n_registers_; ++i) registers[i] = between[i - named];
    const std::size_t most = n < block ? nnrun::padded(n) : block;
    for (const auto& [out, value] : program.constants_)
      for (std::size_t i = 0; i < most; ++i) registers[out][i] = static_cast<T>(value);
    for (std::size_t from = 0; from < n; from += block) {
      for (std::size_t i = 0; i < n_inputs; ++i)
        registers[i] = const_cast<T*>(inputs[i]) + from;  // never the `out` of an instruction
      for (std::size_t i = n_inputs; i < named; ++i) registers[i] = results[i - n_inputs] + from;
      const std::size_t here = n - from < block ? n - from : block;
      for (const Instruction& one : program.instructions_) obey<T>(one, registers, here);
    }
  }

  template <class T, class F>
  NNRUN_INLINE static void one(const Instruction& i, T* const* r, std::size_t n, F f) {
    const T* const a = r[i.a];
    T* const out = r[i.out];
    nnrun::each(
        n, [=](std::size_t k) __attribute__((always_inline)) { out[k] = f(a[k]); });
  }
  template <class T, class F>
  NNRUN_INLINE static void two(const Instruction& i, T* const* r, std::size_t n, F f) {
    const T *const a = r[i.a], *const b = r[i.b], x = static_cast<T>(i.value);
    T* const out = r[i.out];
    if (i.form == Instruction::Form::registers)
      nnrun::each(
          n, [=](std::size_t k) __attribute__((always_inline)) { out[k] = f(a[k], b[k]); });
    else if (i.form == Instruction::Form::second_constant)
      nnrun::each(
          n, [=](std::size_t k) __attribute__((always_inline)) { out[k] = f(a[k], x); });
    else
      nnrun::each(
          n, [=](std::size_t k) __attribute__((always_inline)) { out[k] = f(x, b[k]); });
  }
  template <class T>
  NNRUN_INLINE static void choose(const Instruction& i, T* const* r, std::size_t n) {
    const T *const a = r[i.a], *const b = r[i.b], *const c = r[i.c], *const d = r[i.d];
    T* const out = r[i.out];
    if (i.or_equal)
      nnrun::each(
          n, [=](std::size_t k)
                 __attribute__((always_inline)) { out[k] = a[k] <= b[k] ? c[k] : d[k]; });
    else
      nnrun::each(
          n, [=](std::size_t k)
                 __attribute__((always_inline)) { out[k] = a[k] < b[k] ? c[k] : d[k]; });
  }

#define FORMULAS_ONE(OP, WRITTEN) \
  case Op::OP:                    \
    return one<T>(                \
        i, r, n, [=](T x) __attribute__((always_inline)) { return WRITTEN; })
#define FORMULAS_TWO(OP, WRITTEN) \
  case Op::OP:                    \
    return two<T>(                \
        i, r, n, [](T x, T y) __attribute__((always_inline)) { return WRITTEN; })
  template <class T>
  NNRUN_INLINE static void obey(const Instruction& i, T* const* r, std::size_t n) {
    const T exponent = static_cast<T>(i.value);
    switch (i.op) {
      FORMULAS_TWO(add, x + y);
      FORMULAS_TWO(sub, x - y);
      FORMULAS_TWO(mul, x * y);
      FORMULAS_TWO(div, x / y);
      FORMULAS_TWO(slope_times, nnrun::slope_times(x, y));
      FORMULAS_TWO(slope_over, nnrun::slope_over(x, y));
      FORMULAS_TWO(max, x < y ? y : x);
      FORMULAS_TWO(min, y < x ? y : x);
      FORMULAS_ONE(neg, -x);
      FORMULAS_ONE(power, nnrun::exp(nnrun::log(x) * exponent));
      FORMULAS_ONE(exp, nnrun::exp(x));
      FORMULAS_ONE(expm1, nnrun::expm1(x));
      FORMULAS_ONE(log, nnrun::log(x));
      FORMULAS_ONE(log1p, nnrun::log1p(x));
      FORMULAS_ONE(tanh, nnrun::tanh(x));
      FORMULAS_ONE(sigmoid, nnrun::sigmoid(x));
      FORMULAS_ONE(softplus, nnrun::softplus(x));
      FORMULAS_ONE(sqrt, nnrun::sqrt(x));
      FORMULAS_ONE(sin, nnrun::sin(x));
      FORMULAS_ONE(cos, nnrun::cos(x));
      FORMULAS_ONE(erf, nnrun::erf(x));
      FORMULAS_ONE(erfc, nnrun::erfc(x));
      FORMULAS_ONE(abs, std::abs(x));
      FORMULAS_ONE(sign, x > T(0) ? T(1) : (x < T(0) ? T(-1) : x));
      FORMULAS_ONE(input, x);  // a copy
      case Op::where:
        return choose<T>(i, r, n);
      case Op::constant:
      case Op::less:
      case Op::less_equal:
        return;
    }
  }
#undef FORMULAS_ONE
#undef FORMULAS_TWO

  struct Constant {
    unsigned char out;
    double value;
  };
  std::vector<Instruction> instructions_;
  std::vector<Constant> constants_;
  std::size_t n_inputs_ = 0, n_results_ = 0, n_registers_ = 0;
};

}  // namespace formulas
