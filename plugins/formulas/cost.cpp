#include "formula_text.hpp"
#include "program.hpp"

using formulas::block;
using formulas::Parsed;
using formulas::Program;

/// A cost written in a config: the term of one output. Terms are summed over an example's outputs,
/// as in compiled costs.
struct FormulaCost : formulas::FromText<FormulaCost, nnrun::Cost> {
  static constexpr auto name = "formula",
                        doc = "a formula of output y and target t, written in the config";
  static constexpr const char* inputs[] = {"y", "t"};
  const char* formula = "(y - t)^2";
  bool mean = false;
  Program term, term_and_slope;

  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&FormulaCost::formula, "formula", "of y and t: \"(y - t)^2\""),
        nnrun::param(&FormulaCost::numbers, "numbers", formulas::about_numbers),
        nnrun::param(&FormulaCost::mean, "mean", "over an example's outputs, instead of the sum"));
  }
  void check() { compile_text(formula); }

  void compile(Parsed parsed) {
    formulas::Expression& e = parsed.expression;
    term = Program(e, 2, std::span(&parsed.result, 1));
    const int both[] = {parsed.result, e.slope(parsed.result, 0)};
    term_and_slope = Program(e, 2, both);
  }

  template <class T>
  struct Rows {
    const T *y, *t;
    std::size_t t_stride, cols, n;  // n: of all numbers

    /// Returns the targets of a block of outputs, which are copied where rows share them.
    NNRUN_INLINE const T* targets(std::size_t from, T* room) const {
      if (t_stride == cols) return t + from;
      const std::size_t here = n - from < block ? n - from : block;
      std::size_t row = from / cols, col = from % cols;
      for (std::size_t i = 0; i < here; ++i) {
        room[i] = t[row * t_stride + col];
        if (++col == cols) col = 0, ++row;
      }
      for (std::size_t i = here; i < nnrun::padded(here); ++i) room[i] = T(0);
      return room;
    }
  };

  /// Adds terms up in the order of the columns, row after row, wherever a block ends.
  template <class T>
  struct Sums {
    T* per_row;
    std::size_t cols;
    T divisor, sum = 0;
    std::size_t col = 0;
    NNRUN_INLINE void add(const T* terms, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) {
        sum += terms[i];
        if (++col < cols) continue;
        *per_row++ = sum / divisor;
        sum = 0, col = 0;
      }
    }
  };
  template <class T>
  T divisor(std::size_t cols) const {
    return mean ? static_cast<T>(cols) : T(1);
  }

  template <class T>
  NNRUN_CLONES static int value(void* self, const void* y, const void* t, std::size_t t_stride,
                                void* per_row, std::size_t rows, std::size_t cols) noexcept {
    const auto& cost = *static_cast<const FormulaCost*>(self);
    const Rows<T> given{static_cast<const T*>(y), static_cast<const T*>(t), t_stride, cols,
                        rows * cols};
    Sums<T> sums{static_cast<T*>(per_row), cols, cost.divisor<T>(cols)};
    alignas(64) T room[block], terms[block];
    for (std::size_t from = 0; from < given.n; from += block) {
      const std::size_t here = given.n - from < block ? given.n - from : block;
      const T* const in[] = {given.y + from, given.targets(from, room)};
      T* const out[] = {terms};
      cost.term.run<T>(in, out, here);
      sums.add(terms, here);
    }
    return 0;
  }
  template <class T>
  NNRUN_CLONES static int slope(void* self, const void* y, const void* t, std::size_t t_stride,
                                double scale, void* dy, void* per_row, std::size_t rows,
                                std::size_t cols) noexcept {
    const auto& cost = *static_cast<const FormulaCost*>(self);
    const Rows<T> given{static_cast<const T*>(y), static_cast<const T*>(t), t_stride, cols,
                        rows * cols};
    const T factor = T(scale) / cost.divisor<T>(cols);
    Sums<T> sums{static_cast<T*>(per_row), cols, cost.divisor<T>(cols)};
    T* const slopes = static_cast<T*>(dy);
    alignas(64) T room[block], terms[block], own[block];
    for (std::size_t from = 0; from < given.n; from += block) {
      const std::size_t here = given.n - from < block ? given.n - from : block;
      const T* const in[] = {given.y + from, given.targets(from, room)};
      T* const out[] = {terms, own};
      cost.term_and_slope.run<T>(in, out, here);
      sums.add(terms, here);
      for (std::size_t i = 0; i < here; ++i) slopes[from + i] = factor * own[i];
    }
    for (std::size_t i = given.n; i < nnrun::padded(given.n); ++i) slopes[i] = T(0);
    return 0;
  }
  template <class>
  static constexpr nnrun_cost functions_of() {
    return {sizeof(nnrun_cost),
            0,
            {{value<float>, slope<float>}, {value<double>, slope<double>}},
            {},
            {},
            nullptr,
            nullptr,
            nullptr};
  }
};
NNRUN_REGISTER(FormulaCost)
