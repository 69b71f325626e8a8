// A formula written down: f is called with Num<Symbol>, whose operations go to a tape that the host
// lends. So what a class computes can leave nnrun, as C or ONNX, and its author does nothing for
// it: overloads for Num<Symbol> win over the templates of number.hpp, a helper of the author's own
// `template <class T> Num<T> g(Num<T>)` is traced as well, and so is what it does with x.v.
#pragma once
#include <nnrun/kinds/common.hpp>
#include <nnrun/number.hpp>
#include <vector>

namespace nnrun {

/// A line of the tape, or a constant that has met none yet: settings stay doubles, and are rounded
/// to float or double where they meet x, as Num<T> rounds them.
struct Symbol {
  int node = -1;
  double value = 0;
  constexpr Symbol() = default;
  template <Constant U>
  constexpr Symbol(U constant) : value(static_cast<double>(constant)) {}
  static Symbol of(int node) {
    Symbol s;
    s.node = node;
    return s;
  }
  /// So that std::atan(x.v) compiles, as it does for float. Such a formula says so when it is
  /// asked for.
  operator double() const {
    if (node >= 0)
      throw Error("its formula computes with the value of a number", "",
                  "formulas are written down where they use these alone: + - * / < <= > >= exp "
                  "expm1 log log1p tanh sigmoid softplus sqrt sin cos erf erfc abs sign max min");
    return value;
  }
};

// Static: each source file has its own, as a registered class has.
namespace detail {
static inline const nnrun_tape*& lent_tape() {
  static thread_local const nnrun_tape* lent = nullptr;
  return lent;
}
[[gnu::noinline, gnu::cold]] static inline int write_line(const char* op, double constant, int a,
                                                          int b) {
  const nnrun_tape* const tape = lent_tape();
  if (!tape) throw Error("a formula was used outside of the call that asks for it");
  const int line = tape->add(tape->host, op, constant, a, b);
  if (line < 0) throw AlreadyReported();
  return line;
}
static inline int line_of(Symbol s) {
  return s.node >= 0 ? s.node : write_line("const", s.value, -1, -1);
}
static inline Symbol written(const char* op, Symbol a) {
  return Symbol::of(write_line(op, 0, line_of(a), -1));
}
static inline Symbol written(const char* op, Symbol a, Symbol b) {
  const int first = line_of(a), second = line_of(b);
  return Symbol::of(write_line(op, 0, first, second));
}
/// Asks which way a branch goes: the host walks all of them in turn.
static inline bool decided(const char* op, Symbol a, Symbol b) {
  const nnrun_tape* const tape = lent_tape();
  const int answer = tape->decide(tape->host, written(op, a, b).node);
  if (answer < 0) throw AlreadyReported();
  return answer != 0;
}
}  // namespace detail

#define NNRUN_SYMBOLIC(OP, RESULT, WRITTEN)              \
  static inline RESULT operator OP(Symbol a, Symbol b) { \
    return WRITTEN;                                      \
  }                                                      \
  template <Constant U>                                  \
  static inline RESULT operator OP(Symbol a, U b) {      \
    return a OP Symbol(b);                               \
  }                                                      \
  template <Constant U>                                  \
  static inline RESULT operator OP(U a, Symbol b) {      \
    return Symbol(a) OP b;                               \
  }
NNRUN_SYMBOLIC(+, Symbol, detail::written("add", a, b))
NNRUN_SYMBOLIC(-, Symbol, detail::written("sub", a, b))
NNRUN_SYMBOLIC(*, Symbol, detail::written("mul", a, b))
NNRUN_SYMBOLIC(/, Symbol, detail::written("div", a, b))
NNRUN_SYMBOLIC(<, bool, detail::decided("lt", a, b))
NNRUN_SYMBOLIC(>, bool, detail::decided("lt", b, a))
NNRUN_SYMBOLIC(<=, bool, detail::decided("le", a, b))
NNRUN_SYMBOLIC(>=, bool, detail::decided("le", b, a))
NNRUN_SYMBOLIC(==, bool, detail::decided("eq", a, b))
#undef NNRUN_SYMBOLIC
static inline Symbol operator-(Symbol a) {
  return detail::written("neg", a);
}
#define NNRUN_SYMBOLIC(NAME)                      \
  static inline Symbol NAME(Symbol x) {           \
    return detail::written(#NAME, x);             \
  }                                               \
  static inline Num<Symbol> NAME(Num<Symbol> x) { \
    return detail::written(#NAME, x.v);           \
  }
NNRUN_SYMBOLIC(exp)
NNRUN_SYMBOLIC(expm1)
NNRUN_SYMBOLIC(log)
NNRUN_SYMBOLIC(log1p)
NNRUN_SYMBOLIC(tanh)
NNRUN_SYMBOLIC(sigmoid)
NNRUN_SYMBOLIC(softplus)
NNRUN_SYMBOLIC(sqrt)
NNRUN_SYMBOLIC(sin)
NNRUN_SYMBOLIC(cos)
NNRUN_SYMBOLIC(erf)
NNRUN_SYMBOLIC(erfc)
NNRUN_SYMBOLIC(abs)
NNRUN_SYMBOLIC(sign)
// Of all numbers of a row, in `row` alone.
NNRUN_SYMBOLIC(row_max)
NNRUN_SYMBOLIC(row_sum)
NNRUN_SYMBOLIC(row_mean)
#undef NNRUN_SYMBOLIC
template <class A, class B>
concept EitherSymbolic =
    (std::same_as<A, Num<Symbol>> || std::same_as<B, Num<Symbol>>)&&std::convertible_to<
        A, Num<Symbol>>&& std::convertible_to<B, Num<Symbol>>;
template <class A, class B>
requires EitherSymbolic<A, B>
static inline Num<Symbol> max(A a, B b) {
  return detail::written("max", Num<Symbol>(a).v, Num<Symbol>(b).v);
}
template <class A, class B>
requires EitherSymbolic<A, B>
static inline Num<Symbol> min(A a, B b) {
  return detail::written("min", Num<Symbol>(a).v, Num<Symbol>(b).v);
}

namespace detail {
/// Calls f with n lines of a tape as its numbers. Returns the line of its result.
template <class F>
int traced_once(const nnrun_tape* lent, const int* inputs, std::size_t n, F f) {
  struct Lent {
    const nnrun_tape* outer;
    explicit Lent(const nnrun_tape* now) : outer(std::exchange(lent_tape(), now)) {}
    ~Lent() { lent_tape() = outer; }
  } while_it_lasts(lent);
  std::vector<Num<Symbol>> x;
  for (std::size_t k = 0; k < n; ++k) x.emplace_back(Symbol::of(inputs[k]));
  return line_of(Num<Symbol>(f(std::span<const Num<Symbol>>(x))).v);
}
}  // namespace detail
}  // namespace nnrun
