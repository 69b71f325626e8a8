#include "expression.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nnrun/plugin.hpp>

namespace formulas {
namespace {

constexpr std::size_t most_operations = 1000;
constexpr double two_over_root_pi = 1.1283791670955126;

bool is_comparison(Op op) {
  return op == Op::less || op == Op::less_equal;
}

/// Compares as bits: 0 is not -0, and NaN is itself.
bool same(const Operation& a, const Operation& b) {
  return a.op == b.op && a.a == b.a && a.b == b.b && a.c == b.c &&
         std::memcmp(&a.value, &b.value, sizeof a.value) == 0;
}

double value_of(const Operation& o, double a, double b, double c) {
  using nnrun::Num;
  Expression one;
  const int x = one.input(0), y = one.input(1), z = one.input(2);
  Operation copy = o;
  copy.a = x;
  if (o.b >= 0) copy.b = y;
  if (o.c >= 0) copy.c = z;
  const int result = one.add(copy);
  const Num<double> inputs[] = {a, b, c};
  return worked_out<Num<double>>(one, result, inputs).v;
}

}  // namespace

/// Returns an operation that says the same as another one that would be new; -1 if there is none.
int Expression::simpler(const Operation& o) const {
  switch (o.op) {
    case Op::add:
      if (is_constant(o.a, 0)) return o.b;
      return is_constant(o.b, 0) ? o.a : -1;
    case Op::sub:
      return is_constant(o.b, 0) ? o.a : -1;
    case Op::mul:
      if (is_constant(o.a, 0) || is_constant(o.b, 1)) return o.a;
      return is_constant(o.b, 0) || is_constant(o.a, 1) ? o.b : -1;
    case Op::div:
      return is_constant(o.b, 1) ? o.a : -1;
    case Op::where:
      return o.b == o.c ? o.b : -1;
    default:
      return -1;
  }
}

int Expression::add(Operation o) {
  if (const int known = simpler(o); known >= 0) return known;
  const bool on_numbers = o.a >= 0 && is_constant(o.a) && (o.b < 0 || is_constant(o.b)) &&
                          (o.c < 0 || is_constant(o.c));
  if (on_numbers && !is_comparison(o.op)) {
    const auto number = [&](int i) { return i < 0 ? 0 : (*this)[i].value; };
    return constant(value_of(o, number(o.a), number(o.b), number(o.c)));
  }
  if (o.op == Op::where && is_constant((*this)[o.a].a) && is_constant((*this)[o.a].b)) {
    const Operation& test = (*this)[o.a];
    const double a = (*this)[test.a].value, b = (*this)[test.b].value;
    return (test.op == Op::less ? a < b : a <= b) ? o.b : o.c;
  }
  const auto known = std::find_if(operations_.begin(), operations_.end(),
                                  [&](const Operation& x) { return same(x, o); });
  if (known != operations_.end()) return static_cast<int>(known - operations_.begin());
  if (operations_.size() == most_operations)
    throw Fault{0, std::string::npos, "the formula has more than 1000 operations"};
  operations_.push_back(o);
  return static_cast<int>(operations_.size()) - 1;
}

int Expression::power(int base, double exponent) {
  const double size = std::abs(exponent);
  if (exponent == 0.5) return add(Op::sqrt, base);
  // whole powers by products, which take numbers below 0, too
  constexpr double most = 1u << 30;
  if (size != std::floor(size) || size > most) return add({Op::power, base, -1, -1, exponent});
  int product = constant(1), square = base;
  for (auto left = static_cast<unsigned>(size); left > 0; left /= 2) {
    if (left % 2 == 1) product = add(Op::mul, product, square);
    if (left > 1) square = add(Op::mul, square, square);
  }
  return exponent < 0 ? add(Op::div, constant(1), product) : product;
}

int Expression::slope(int of, std::size_t k) {
  std::vector<int> slopes;
  const int none = constant(0), whole = constant(1);
  for (int i = 0; i <= of; ++i) {
    const Operation o = (*this)[i];  // a copy: the list grows
    if (o.op == Op::input)
      slopes.push_back(o.value == static_cast<double>(k) ? whole : none);
    else if (o.op == Op::constant || is_comparison(o.op) || o.op == Op::sign)
      slopes.push_back(none);
    else
      slopes.push_back(slope_of(o, i, slopes));
  }
  return slopes.at(static_cast<std::size_t>(of));
}

int Expression::slope_times(int a, int b) {
  return add(is_constant(a) || is_constant(b) ? Op::mul : Op::slope_times, a, b);
}
int Expression::slope_over(int a, int b) {
  return add(is_constant(a) || is_constant(b) ? Op::div : Op::slope_over, a, b);
}

/// As dual numbers have it (nnrun/number.hpp): of a maximum of equals, the slope of the first; of
/// |x| at 0, 0.
int Expression::slope_of(const Operation& o, int self, const std::vector<int>& slopes) {
  const auto slope_at = [&](int i) { return i < 0 ? -1 : slopes[static_cast<std::size_t>(i)]; };
  const int da = slope_at(o.a), db = slope_at(o.b);
  const auto times_da = [&](int factor) { return slope_times(factor, da); };
  const auto bell = [&](double scale) {
    return times_da(
        add(Op::mul, constant(scale), add(Op::exp, add(Op::neg, add(Op::mul, o.a, o.a)))));
  };
  if (is_constant(da, 0) && (db < 0 || is_constant(db, 0)) && o.op != Op::where) return da;
  switch (o.op) {
    case Op::add:
      return add(Op::add, da, db);
    case Op::sub:
      return is_constant(da, 0) ? add(Op::neg, db) : add(Op::sub, da, db);
    case Op::mul:
      return add(Op::add, slope_times(da, o.b), slope_times(o.a, db));
    case Op::div:
      if (is_constant(db, 0)) return slope_over(da, o.b);
      return slope_over(add(Op::sub, da, slope_times(self, db)), o.b);
    case Op::neg:
      return add(Op::neg, da);
    case Op::power:
      return times_da(add(Op::mul, constant(o.value), power(o.a, o.value - 1)));
    case Op::exp:
      return times_da(self);
    case Op::expm1:
      return times_da(add(Op::exp, o.a));
    case Op::log:
      return slope_over(da, o.a);
    case Op::log1p:
      return slope_over(da, add(Op::add, constant(1), o.a));
    case Op::tanh:
      return times_da(add(Op::sub, constant(1), add(Op::mul, self, self)));
    case Op::sigmoid:
      return times_da(add(Op::mul, self, add(Op::sub, constant(1), self)));
    case Op::softplus:
      return times_da(add(Op::sigmoid, o.a));
    case Op::sqrt:
      return slope_over(da, add(Op::mul, constant(2), self));
    case Op::sin:
      return times_da(add(Op::cos, o.a));
    case Op::cos:
      return times_da(add(Op::neg, add(Op::sin, o.a)));
    case Op::erf:
      return bell(two_over_root_pi);
    case Op::erfc:
      return bell(-two_over_root_pi);
    case Op::abs:
      return times_da(add(Op::sign, o.a));
    case Op::max:
      return add(Op::where, add(Op::less, o.a, o.b), db, da);
    case Op::min:
      return add(Op::where, add(Op::less, o.b, o.a), db, da);
    case Op::where:
      return add(Op::where, o.a, db, slope_at(o.c));
    default:
      return constant(0);
  }
}

}  // namespace formulas
