// An activation is a function of numbers, or of rows, with its slope.
#include "checking/affine_law.hpp"
#include "checking/formula_law.hpp"
#include "checking/joined_law.hpp"
#include "checking/trial.hpp"
namespace nnrun::host {
namespace activation_trial {

using Numbers = std::vector<double>;

bool elementwise(const Object& f) {
  return (f.functions<nnrun_activation>().flags & NNRUN_ELEMENTWISE) != 0;
}

template <class T>
struct Activated {
  Guarded<T> z, a, da, dz;
};

/// Computes values and slopes of rows of equal length. da: ones if it is not given.
template <class T>
Activated<T> activate(const Object& f, const Numbers& z, std::size_t rows, const Numbers& da = {}) {
  const std::size_t n = z.size();
  Activated<T> e{Guarded<T>(z), Guarded<T>(n), Guarded<T>(da.empty() ? Numbers(n, 1.) : da),
                 Guarded<T>(n)};
  const auto& functions = f.functions<nnrun_activation>().by_dtype[dtype_of<T>];
  f.call("forward", functions.forward, e.z.data(), e.a.data(), rows, n / rows);
  f.call("backward", functions.backward, e.z.data(), e.a.data(), e.da.data(), e.dz.data(), rows,
         n / rows);
  return e;
}

/// Returns round numbers, where formulas have their kinks, and others between them.
Numbers middle() {
  Numbers x;
  for (int i = -16; i <= 16; ++i) x.push_back(i / 2.);
  for (double v = -8.13; v < 8.2; v += 0.37) x.push_back(v);
  return x;
}
Numbers far_away() {
  return {-1e6, -1e4, -1000, -710, -90, -40, -20, 20, 40, 90, 710, 1000, 1e4, 1e6};
}
/// Returns rows for activations of whole rows: unsorted ones, ties, a number far away.
std::vector<Numbers> rows() {
  return {{0.3, -1.2, 2.1, 0.7, -0.4}, {0, 0, 0, 0, 0},         {1, 1, 0.5, -2, 1},
          {5.5, -3.25, 0.1, 7.9, 8},   {-40, 30, -0.5, 29, 28}, {700, -700, 3, 1, 699}};
}
Numbers joined(const std::vector<Numbers>& lists) {
  Numbers all;
  for (const Numbers& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}
/// Returns a weight per column: different ones, or the slopes of softmax would add up to 0.
Numbers weights(std::size_t cols) {
  Numbers w;
  for (std::size_t c = 0; c < cols; ++c) w.push_back(1 + 0.25 * static_cast<double>(c % 3));
  return w;
}

std::string place(const Numbers& row, std::size_t i) {
  if (row.size() == 1) return shortest(row[0]);
  std::string text = "(";
  for (const double x : row) text += (text.size() > 1 ? ", " : "") + shortest(x);
  return text + "), number " + std::to_string(i + 1);
}

Finding slope(const Subject& subject) {
  const Object f(subject.use);
  std::vector<Numbers> at;
  if (elementwise(f))
    for (const double x : joined({middle(), far_away()})) at.push_back({x});
  else
    at = rows();
  SlopeReport report;
  for (const Numbers& row : at) {
    const Numbers w = weights(row.size());
    const Activated<double> here = activate<double>(f, row, 1, w);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto value = [&](double x) {
        Numbers moved = row;
        moved[i] = x;
        const Activated<double> there = activate<double>(f, moved, 1, w);
        double sum = 0;
        for (std::size_t j = 0; j < row.size(); ++j) sum += w[j] * there.a.data()[j];
        return sum;
      };
      const double found = here.dz.data()[i];
      report.add(try_slope(value, row[i], found), place(row, i), found);
      if (report.failed()) return report.finding();
    }
  }
  return report.finding();
}

Numbers some(const Object& f) {
  return elementwise(f) ? middle() : joined(rows());
}
std::size_t cols_of(const Object& f) {
  return elementwise(f) ? 1 : rows()[0].size();
}

Finding float_and_double(const Subject& subject) {
  const Object f(subject.use);
  Numbers z = some(f);
  for (double& x : z) x = static_cast<double>(static_cast<float>(x));
  const std::size_t rows = z.size() / cols_of(f);
  const auto exact = activate<double>(f, z, rows);
  const auto rounded = activate<float>(f, z, rows);
  double largest = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double a = rounded.a.data()[i], dz = rounded.dz.data()[i];
    // a few roundings of 6e-8, more where values cancel
    const bool value = close(a, exact.a.data()[i], 1e-5, 2e-6);
    if (value && close(dz, exact.dz.data()[i], 1e-4, 1e-5)) {
      largest = std::max(largest, std::abs(a - exact.a.data()[i]));
      continue;
    }
    return broken("at " + shortest(z[i]) + " the " + (value ? "slope" : "value") + " in float is " +
                  significant(value ? dz : a, 6) + ", in double " +
                  significant(value ? exact.dz.data()[i] : exact.a.data()[i], 6));
  }
  return kept("differences at most " + significant(largest, 1));
}

Finding row_and_batch(const Subject& subject) {
  const Object f(subject.use);
  Numbers all = joined(rows());
  const std::size_t cols = rows()[0].size();
  const auto batch = activate<double>(f, all, all.size() / cols);
  for (std::size_t r = 0; r < rows().size(); ++r) {
    const auto one = activate<double>(f, rows()[r], 1);
    for (std::size_t c = 0; c < cols; ++c) {
      const std::size_t i = r * cols + c;
      if (!same(one.a.data()[c], batch.a.data()[i]) || !same(one.dz.data()[c], batch.dz.data()[i]))
        return broken("row " + std::to_string(r + 1) + " alone gives " + shortest(one.a.data()[c]) +
                      " and slope " + shortest(one.dz.data()[c]) + ", in a batch " +
                      shortest(batch.a.data()[i]) + " and " + shortest(batch.dz.data()[i]));
    }
  }
  return kept("the same bits");
}

Numbers compute(const Object& f) {
  const Numbers z = some(f);
  const Activated<double> e = activate<double>(f, z, z.size() / cols_of(f));
  Numbers all(e.a.all().begin(), e.a.all().end());
  all.insert(all.end(), e.dz.all().begin(), e.dz.all().end());
  return all;
}
void call_other(const Object& f) {
  activate<double>(f, Numbers(cols_of(f), 0.77), 1);
}

/// Returns an empty text if a value lies in the range that its class declares.
std::string outside_declared(const Object& f, double a) {
  const nnrun_range range = declared(f.functions<nnrun_activation>(), &nnrun_activation::outputs);
  constexpr double rounding = 1e-6;  // of float
  if (!(range.low < range.high) || (a >= range.low - rounding && a <= range.high + rounding))
    return "";
  return " is " + shortest(a) + ", not from " + shortest(range.low) + " to " +
         shortest(range.high) + " as it declares";
}

Finding finite_here(const Subject& subject) {
  const Object f(subject.use);
  const auto wrong = [&](auto type, double x) -> std::string {
    using T = decltype(type);
    Numbers row(cols_of(f), 0.25);
    row[0] = x;
    const auto e = activate<T>(f, row, 1);
    const bool value = std::isnan(e.a.data()[0]);
    if (!value && !std::isnan(e.dz.data()[0])) {
      const std::string outside = outside_declared(f, static_cast<double>(e.a.data()[0]));
      return outside.empty() ? "" : "the value at " + shortest(x) + outside;
    }
    return std::string(value ? "the value" : "the slope") + " at " + shortest(x) + " is NaN" +
           (sizeof(T) == sizeof(float) ? " in float" : "");
  };
  Numbers at = joined({middle(), far_away(), {0., -0., 5e-324, -1e-310, 1e-40, 1e30, -1e30}});
  for (const double x : at) {
    if (std::string text = wrong(0., x); !text.empty()) return broken(text);
    if (std::abs(x) > 1e18) continue;  // its square overflows in float
    if (std::string text = wrong(0.f, x); !text.empty()) return broken(text);
  }
  return kept(std::to_string(at.size()) + " numbers, denormal and huge ones among them");
}
Finding finite(const Subject& subject) {
  return at_edges_too(subject, finite_here);
}

Finding not_a_number(const Subject& subject) {
  const Object f(subject.use);
  const std::size_t cols = rows()[0].size();
  Numbers z = joined(rows());
  const auto whole = activate<double>(f, z, z.size() / cols);
  z[0] = std::numeric_limits<double>::quiet_NaN();
  const auto e = activate<double>(f, z, z.size() / cols);
  if (!std::isnan(e.a.data()[0])) return broken("NaN becomes " + shortest(e.a.data()[0]));
  for (std::size_t i = cols; i < z.size(); ++i)
    if (!same(e.a.data()[i], whole.a.data()[i]))
      return broken("a NaN in row 1 changes row " + std::to_string(i / cols + 1));
  if (!elementwise(f)) return kept();
  const double infinity = std::numeric_limits<double>::infinity();
  const auto ends = activate<double>(f, {-infinity, infinity}, 1);
  return kept("stays; f(-inf) = " + shown(ends.a.data()[0]) +
              ", f(inf) = " + shown(ends.a.data()[1]));
}

/// Checks that nothing is written past the last whole lane, or into an input.
Finding inside(const Subject& subject) {
  const Object f(subject.use);
  for (const std::size_t n : {1u, 3u, 8u, 13u}) {
    const Numbers z(n, 0.3);
    const auto e = activate<double>(f, z, 1);
    if (e.a.overrun() || e.dz.overrun())
      return broken("a row of " + std::to_string(n) + " is written past its last whole lane");
    for (std::size_t i = 0; i < n; ++i)
      if (e.z.data()[i] != 0.3 || e.da.data()[i] != 1) return broken("changes its inputs");
  }
  return kept();
}

/// Compares bits with those of outputs and slopes that are written over what they are made from.
Finding in_place(const Subject& subject) {
  const Object f(subject.use);
  const auto& table = f.functions<nnrun_activation>();
  if ((table.flags & NNRUN_IN_PLACE) == 0) return skipped("it does not say that it works in place");
  const Numbers z = elementwise(f) ? joined({middle(), far_away()})
                                   : joined(activation_trial::rows()),
                da = weights(z.size());
  const std::size_t rows = elementwise(f) ? 1 : z.size() / 5;
  const auto e = activate<double>(f, z, rows, da);
  const Guarded<double> a(z), d(da);
  const auto& functions = table.by_dtype[NNRUN_F64];
  f.call("forward", functions.forward, a.data(), a.data(), rows, z.size() / rows);
  f.call("backward", functions.backward, a.data(), a.data(), d.data(), d.data(), rows,
         z.size() / rows);
  for (std::size_t i = 0; i < z.size(); ++i)
    if (!same(a.data()[i], e.a.data()[i]) || !same(d.data()[i], e.dz.data()[i]))
      return broken("in place, f(" + shortest(z[i]) + ") is " + shown(a.data()[i]) +
                    " with slope " + shown(d.data()[i]) + ", not " + shown(e.a.data()[i]) +
                    " with slope " + shown(e.dz.data()[i]));
  return kept("the same bits");
}

/// Returns a call of forward and backward.
HotCall hot_call(const Object& f) {
  constexpr std::size_t cols = 64, rows = 64;
  auto e =
      std::make_shared<Activated<double>>(activate<double>(f, Numbers(rows * cols, 0.4), rows));
  for (std::size_t i = 0; i < rows * cols; ++i)
    e->z.data()[i] = static_cast<double>(i % 97) / 12 - 4;
  const auto& functions = f.functions<nnrun_activation>().by_dtype[NNRUN_F64];
  const auto call = [&f, &functions, e] {
    f.call("forward", functions.forward, e->z.data(), e->a.data(), rows, cols);
    f.call("backward", functions.backward, e->z.data(), e->a.data(), e->da.data(), e->dz.data(),
           rows, cols);
  };
  return {call, rows * cols};
}

constexpr Law all[]{{"slope", slope},
                    {"float and double", float_and_double},
                    {"row and batch", row_and_batch},
                    {"joined", joined_law},
                    {"formula", activation_formula_law},
                    two_threads<compute>,
                    no_memory_of_calls<compute, call_other>,
                    {"finite numbers", finite},
                    {"NaN and Inf", not_a_number},
                    {"stays inside", inside},
                    {"in place", in_place},
                    {"with a layer", affine_activation_law},
                    floating_point_mode<hot_call>,
                    no_allocation<hot_call>,
                    speed_of_calls<hot_call>};

}  // namespace activation_trial

std::span<const Law> activation_laws() {
  return activation_trial::all;
}

}  // namespace nnrun::host
