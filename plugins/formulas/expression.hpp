// A formula as a list of operations: read from a text, differentiated, worked out with any number
// type.
#pragma once
#include <nnrun/symbol.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace formulas {

enum class Op : unsigned char {
  constant,
  input,
  add,
  sub,
  mul,
  div,
  neg,
  power,  // to a constant exponent
  exp,
  expm1,
  log,
  log1p,
  tanh,
  sigmoid,
  softplus,
  sqrt,
  sin,
  cos,
  erf,
  erfc,
  abs,
  sign,
  max,
  min,
  less,
  less_equal,
  where,  // b where the comparison a holds, else c
  // of slopes alone, where 0 times anything is 0, and 0 over anything
  slope_times,
  slope_over,
};

/// Operands are earlier operations of the list.
struct Operation {
  Op op;
  int a = -1, b = -1, c = -1;
  double value = 0;  ///< of a constant, the exponent of a power, the number of an input
  bool operator==(const Operation&) const = default;
};

/// What is wrong with a formula, and where: bytes from its beginning.
struct Fault {
  std::size_t at = 0, length = 1;
  std::string what, hint = {};
  std::string word = {};  ///< one that is not known
  bool is_function = false;
};

struct NamedNumber {
  std::string name;
  double value;
};

/// Operations, each of them once. What is the same for every input is worked out while they are
/// added, in double precision.
class Expression {
 public:
  int constant(double value) { return add({Op::constant, -1, -1, -1, value}); }
  int input(std::size_t k) { return add({Op::input, -1, -1, -1, static_cast<double>(k)}); }
  int add(Operation operation);
  int add(Op op, int a, int b = -1, int c = -1) { return add(Operation{op, a, b, c}); }
  int power(int base, double exponent);

  /// Returns the slope of an operation in input k, as another operation. Where one factor of the
  /// chain rule is 0, so is the product, even if the other has overflowed or has no bound: far out,
  /// 1 / (1 + exp(-x)) has the slope 0, and |x|^0.5 has it at 0, as |x| does.
  int slope(int of, std::size_t k);
  /// Returns the product of two slopes.
  int slope_times(int a, int b);

  const std::vector<Operation>& operations() const { return operations_; }
  const Operation& operator[](int i) const { return operations_[static_cast<std::size_t>(i)]; }
  bool is_constant(int i) const { return (*this)[i].op == Op::constant; }
  bool is_constant(int i, double value) const {
    return is_constant(i) && (*this)[i].value == value;
  }

 private:
  int simpler(const Operation& operation) const;
  int slope_of(const Operation& operation, int self, const std::vector<int>& slopes);
  int slope_over(int a, int b);
  std::vector<Operation> operations_;
};

/// Returns the operation that a text means. inputs: their names; numbers: by name, all of which
/// must be used. Throws Fault.
int parse(std::string_view text, std::span<const char* const> inputs,
          std::span<const NamedNumber> numbers, Expression& out);

/// Returns the names of all functions, constants, or both.
std::vector<std::string> known_functions();
std::vector<std::string> known_constants();

/// Returns what the inputs of a formula are called, as a hint.
std::string about_inputs(std::span<const char* const> inputs);

/// Returns what numbers come to, one by one as `name=1.5`. Throws Fault, whose word is the name.
std::vector<NamedNumber> numbers_of(std::span<const char* const> texts,
                                    std::span<const char* const> inputs);

/// Returns x to the power of a constant that is not a whole number.
template <class N>
NNRUN_INLINE N power_of(N x, double exponent) {
  return exp(log(x) * exponent);
}

/// Works an operation out with any number type that plugins use.
template <class N>
N worked_out(const Expression& expression, int result, std::span<const N> inputs) {
  std::vector<N> all;
  const auto at = [&](int i) { return all[static_cast<std::size_t>(i)]; };
  const auto holds = [&](int i) {
    const Operation& c = expression[i];
    return c.op == Op::less ? at(c.a) < at(c.b) : at(c.a) <= at(c.b);
  };
  for (int i = 0; i <= result; ++i) {
    const Operation& o = expression[i];
    switch (o.op) {
      case Op::constant:
        all.push_back(N(o.value));
        break;
      case Op::input:
        all.push_back(inputs[static_cast<std::size_t>(o.value)]);
        break;
      case Op::less:
      case Op::less_equal:
        all.push_back(N(0));  // asked for by `where`
        break;
      case Op::where:
        all.push_back(holds(o.a) ? at(o.b) : at(o.c));
        break;
      case Op::power:
        all.push_back(power_of(at(o.a), o.value));
        break;
#define FORMULAS_TWO(OP, WRITTEN) \
  case Op::OP:                    \
    all.push_back(WRITTEN);       \
    break;
        FORMULAS_TWO(add, at(o.a) + at(o.b))
        FORMULAS_TWO(sub, at(o.a) - at(o.b))
        FORMULAS_TWO(mul, at(o.a) * at(o.b))
        FORMULAS_TWO(div, at(o.a) / at(o.b))
        FORMULAS_TWO(slope_times, at(o.a) * at(o.b))
        FORMULAS_TWO(slope_over, at(o.a) / at(o.b))
        FORMULAS_TWO(neg, -at(o.a))
        FORMULAS_TWO(max, max(at(o.a), at(o.b)))
        FORMULAS_TWO(min, min(at(o.a), at(o.b)))
        FORMULAS_TWO(exp, exp(at(o.a)))
        FORMULAS_TWO(expm1, expm1(at(o.a)))
        FORMULAS_TWO(log, log(at(o.a)))
        FORMULAS_TWO(log1p, log1p(at(o.a)))
        FORMULAS_TWO(tanh, tanh(at(o.a)))
        FORMULAS_TWO(sigmoid, sigmoid(at(o.a)))
        FORMULAS_TWO(softplus, softplus(at(o.a)))
        FORMULAS_TWO(sqrt, sqrt(at(o.a)))
        FORMULAS_TWO(sin, sin(at(o.a)))
        FORMULAS_TWO(cos, cos(at(o.a)))
        FORMULAS_TWO(erf, erf(at(o.a)))
        FORMULAS_TWO(erfc, erfc(at(o.a)))
        FORMULAS_TWO(abs, abs(at(o.a)))
        FORMULAS_TWO(sign, sign(at(o.a)))
#undef FORMULAS_TWO
    }
  }
  return all.at(static_cast<std::size_t>(result));
}

}  // namespace formulas
