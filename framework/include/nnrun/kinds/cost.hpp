// Costs: one number per example from its outputs y and targets t.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {
namespace detail {

template <class C>
concept TermFormula = Chooses<C> || requires(const C c, Num<double> x) {
  c.f(x, x);
};
template <class C>
concept TermSlope = requires(const C c, Num<double> x) {
  c.df(x, x);
};

template <class C, class T>
concept RowTerms = requires(const C c, std::span<const T> y, std::span<T> dy) {
  c.value(y, y);
  c.slope(y, y, dy);
};

/// Returns the sum over an example's outputs, or their mean if the cost is a mean.
template <class C, class T>
NNRUN_INLINE T over_outputs(T sum, [[maybe_unused]] std::size_t cols) {
  if constexpr (requires { C::mean; })
    return sum / static_cast<T>(cols);
  else
    return sum;
}

/// Returns value and slope of one term, by the author's df or by dual numbers.
template <class T, class C>
NNRUN_INLINE Dual<T> term(const C& cost, T y, T t) {
  static_assert(TermSlope<C> || !NamesDf<C>, "df takes y and t: auto df(auto y, auto t) const");
  if constexpr (TermSlope<C>)
    return {Num<T>(cost.f(Num<T>(y), Num<T>(t))).v, Num<T>(cost.df(Num<T>(y), Num<T>(t))).v};
  else
    return cost.f(Dual<T>(y, T(1)), Dual<T>(t, T(0)));
}

// As for activations, the loops copy the formula and are inlined into the entries.
/// Of one output, with one target for all rows.
template <class T, class C>
NNRUN_INLINE void values_of_one_output(const C cost, const T* y, T target, T* per_row,
                                       std::size_t rows) {
  each<T>(
      rows, [=](std::size_t r) __attribute__((always_inline)) {
        per_row[r] = Num<T>(cost.f(Num<T>(y[r]), Num<T>(target))).v;
      });
}
template <class T, class C>
NNRUN_INLINE void cost_values(const C cost, const T* y, const T* t, std::size_t t_stride,
                              T* per_row, std::size_t rows, std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    T sum = 0;
    for (std::size_t c = 0; c < cols; ++c)
      sum += Num<T>(cost.f(Num<T>(y[r * cols + c]), Num<T>(t[r * t_stride + c]))).v;
    per_row[r] = over_outputs<C>(sum, cols);
  }
}

/// Of one output, with a target for each row.
template <class T, class C>
NNRUN_INLINE void slopes_of_one_output(const C cost, const T* y, const T* t, T scale, T* dy,
                                       T* per_row, std::size_t rows) {
  using Int = typename Lane<T>::Int;  // as wide as T: what is selected needs no other width
  constexpr Int part = static_cast<Int>(Lane<T>::part_size);  // for the reason of `each`
  for (std::size_t from = 0, end = padded(rows); from < end; from += Lane<T>::part_size) {
    const std::size_t rest = from < rows ? rows - from : 0;
    const Int left = rest < Lane<T>::part_size ? static_cast<Int>(rest) : part;
#pragma GCC ivdep
    for (Int j = 0; j < part; ++j) {
      const std::size_t r = from + static_cast<std::size_t>(j);
      const Dual<T> one = term<T>(cost, y[r], t[r]);
      per_row[r] = one.v;
      const T slope = scale * one.d;
      dy[r] = j < left ? slope : T(0);
    }
  }
}
template <class T, class C>
NNRUN_INLINE void cost_slopes(const C cost, const T* y, const T* t, std::size_t t_stride, T scale,
                              T* dy, T* per_row, std::size_t rows, std::size_t cols) {
  scale = over_outputs<C>(scale, cols);
  for (std::size_t r = 0; r < rows; ++r) {
    T sum = 0;
    for (std::size_t c = 0; c < cols; ++c) {
      const Dual<T> one = term<T>(cost, y[r * cols + c], t[r * t_stride + c]);
      sum += one.v;
      dy[r * cols + c] = scale * one.d;
    }
    per_row[r] = over_outputs<C>(sum, cols);
  }
  for (std::size_t i = rows * cols; i < padded(rows * cols); ++i) dy[i] = T(0);
}

// The entries for several outputs stand apart: they would make one output save registers.
template <class C, class T>
NNRUN_CLONES int cost_value_of_several(void* self, const void* y, const void* t,
                                       std::size_t t_stride, void* per_row, std::size_t rows,
                                       std::size_t cols) noexcept {
  return guard([&] {
    with_formula(*static_cast<const C*>(self), [&](const auto& formula) {
      cost_values<T>(formula, in<T>(y), in<T>(t), t_stride, out<T>(per_row), rows, cols);
    });
  });
}
template <class C, class T>
NNRUN_CLONES int cost_value(void* self, const void* y, const void* t, std::size_t t_stride,
                            void* per_row, std::size_t rows, std::size_t cols) noexcept {
  if (cols != 1 || t_stride != 0)
    return cost_value_of_several<C, T>(self, y, t, t_stride, per_row, rows, cols);
  return guard([&] {
    with_formula(*static_cast<const C*>(self), [&](const auto& formula) {
      values_of_one_output<T>(formula, in<T>(y), in<T>(t)[0], out<T>(per_row), rows);
    });
  });
}
template <class C, class T>
NNRUN_CLONES int cost_slope_of_several(void* self, const void* y, const void* t,
                                       std::size_t t_stride, double scale, void* dy, void* per_row,
                                       std::size_t rows, std::size_t cols) noexcept {
  return guard([&] {
    with_formula(*static_cast<const C*>(self), [&](const auto& formula) {
      cost_slopes<T>(formula, in<T>(y), in<T>(t), t_stride, T(scale), out<T>(dy), out<T>(per_row),
                     rows, cols);
    });
  });
}
template <class C, class T>
NNRUN_CLONES int cost_slope(void* self, const void* y, const void* t, std::size_t t_stride,
                            double scale, void* dy, void* per_row, std::size_t rows,
                            std::size_t cols) noexcept {
  if (cols != 1 || t_stride != 1)
    return cost_slope_of_several<C, T>(self, y, t, t_stride, scale, dy, per_row, rows, cols);
  return guard([&] {
    with_formula(*static_cast<const C*>(self), [&](const auto& formula) {
      slopes_of_one_output<T>(formula, in<T>(y), in<T>(t), T(scale), out<T>(dy), out<T>(per_row),
                              rows);
    });
  });
}
template <class C, class T>
int cost_value_of_rows(void* self, const void* y, const void* t, std::size_t t_stride,
                       void* per_row, std::size_t rows, std::size_t cols) noexcept {
  return guard([&] {
    const C& c = *static_cast<const C*>(self);
    for (std::size_t r = 0; r < rows; ++r)
      out<T>(per_row)[r] =
          c.value(std::span(in<T>(y) + r * cols, cols), std::span(in<T>(t) + r * t_stride, cols));
  });
}
template <class C, class T>
int cost_slope_of_rows(void* self, const void* y, const void* t, std::size_t t_stride, double scale,
                       void* dy, void* per_row, std::size_t rows, std::size_t cols) noexcept {
  return guard([&] {
    const C& c = *static_cast<const C*>(self);
    T* slopes = out<T>(dy);
    for (std::size_t r = 0; r < rows; ++r)
      out<T>(per_row)[r] =
          c.slope(std::span(in<T>(y) + r * cols, cols), std::span(in<T>(t) + r * t_stride, cols),
                  std::span(slopes + r * cols, cols));
    for (std::size_t i = 0; i < rows * cols; ++i) slopes[i] *= T(scale);
    for (std::size_t i = rows * cols; i < padded(rows * cols); ++i) slopes[i] = T(0);
  });
}

template <class C, class T>
constexpr nnrun_cost_functions cost_functions() {
  if constexpr (TermFormula<C>) {
    return {cost_value<C, T>, cost_slope<C, T>};
  } else {
    static_assert(RowTerms<C, T>,
                  "a cost gives auto f(auto y, auto t) const, or value and slope for rows");
    return {cost_value_of_rows<C, T>, cost_slope_of_rows<C, T>};
  }
}

/// Fills in what the author declares about outputs and targets.
template <class C>
constexpr void declare(nnrun_cost& cost) {
  if constexpr (requires { C::signs; }) cost.flags |= C::signs ? NNRUN_SIGNS : 0u;
  if constexpr (requires {
                  { C::outputs } -> std::convertible_to<const Range&>;
                })
    cost.outputs = C::outputs;
  if constexpr (requires {
                  { C::targets } -> std::convertible_to<const Range&>;
                })
    cost.targets = C::targets;
  if constexpr (requires { C::fitting_activation; })
    cost.fitting_activation = C::fitting_activation;
  if constexpr (requires { C::joined_by; }) cost.joined_by = C::joined_by;
  if constexpr (requires {
                  { C::joins } -> std::convertible_to<const char*>;
                }) {
    static_assert(
        requires { C::joined_by; },
        "a cost that joins an activation names in joined_by the setting that applies it");
    cost.joins = C::joins;
  }
}

}  // namespace detail

/// Give `auto f(auto y, auto t) const`, the term of one output; terms are summed over an example's
/// outputs (`static constexpr bool mean = true`: averaged), and its slope in y follows by itself,
/// or is given as `auto df(auto y, auto t) const`. Where settings choose between formulas, give
/// `void choose(auto visit) const`, which calls visit with an object that has them. Or, for a row
/// as a whole, the templates `T value(span<const T> y, span<const T> t) const` and `T
/// slope(span<const T> y, span<const T> t, span<T> dy) const`, which returns the value too.
/// Constants let nnrun warn of what does not fit together: `static constexpr nnrun::Range
/// outputs{0, 1}, targets{0, 1}` says what the cost takes (`static constexpr bool signs = true`:
/// targets of -1 and 1), `static constexpr auto fitting_activation = "sigmoid"` names an activation
/// with such outputs, and `joined_by = "from_logits"` the bool setting that makes the cost apply
/// that activation itself. With `joins = "softmax"` nnrun switches that setting on by itself, where
/// the last activation joins the same word.
struct Cost {
  static constexpr auto kind = "cost/1";
  template <class C>
  static constexpr nnrun_cost functions_of() {
    using namespace detail;
    nnrun_cost cost{sizeof(nnrun_cost),
                    0,
                    {cost_functions<C, float>(), cost_functions<C, double>()},
                    {},
                    {},
                    nullptr,
                    nullptr,
                    nullptr};
    declare<C>(cost);
    return cost;
  }
};

}  // namespace nnrun
