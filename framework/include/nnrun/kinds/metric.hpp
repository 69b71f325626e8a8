// Metrics: one number from all outputs of a pass over the data.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {

/// A view of rows × cols numbers, each row contiguous.
template <class T>
struct Rows {
  T* data;
  std::size_t rows, cols;
  std::span<T> operator[](std::size_t r) const { return {data + r * cols, cols}; }
};

/// What outputs and targets mean: abi.h says it field by field.
using Meaning = nnrun_meaning;

namespace detail {
template <class C, class T>
int measure(void* self, const void* y, const void* t, std::size_t rows, std::size_t cols,
            double* out) noexcept {
  static_assert(
      requires(const C c, Rows<const T> all) { c.value(all, all); },
      "a metric gives double value(auto y, auto t) const, of nnrun::Rows");
  return guard([&] {
    *out = static_cast<const C*>(self)->value(Rows<const T>{in<T>(y), rows, cols},
                                              Rows<const T>{in<T>(t), rows, cols});
  });
}
template <class C, class T>
int tabulate(void* self, const void* y, const void* t, std::size_t rows, std::size_t cols,
             double* out) noexcept {
  return guard([&] {
    const std::size_t n = cols == 1 ? 2 : cols;
    static_cast<const C*>(self)->table(Rows<const T>{in<T>(y), rows, cols},
                                       Rows<const T>{in<T>(t), rows, cols},
                                       Rows<double>{out, n, n});
  });
}
template <class C, class T>
constexpr auto table_function() -> decltype(&tabulate<C, T>) {
  if constexpr (requires(const C c, Rows<const T> rows, Rows<double> out) {
                  c.table(rows, rows, out);
                })
    return tabulate<C, T>;
  else
    return nullptr;
}
template <class C>
int prepare(void* self, const nnrun_meaning* meaning) noexcept {
  return guard([&] { static_cast<C*>(self)->prepare(*meaning); });
}
template <class C, class T>
int measure_classes(void* self, const void* y, const void* t, std::size_t rows, std::size_t cols,
                    double* out) noexcept {
  return guard([&] {
    static_cast<const C*>(self)->per_class(Rows<const T>{in<T>(y), rows, cols},
                                           Rows<const T>{in<T>(t), rows, cols},
                                           std::span<double>(out, cols == 1 ? 2 : cols));
  });
}
template <class C>
int word_of(void* self, const char** out) noexcept {
  return guard([&] { *out = static_cast<const C*>(self)->word(); });
}
template <class C>
constexpr std::uint32_t metric_flags() {
  std::uint32_t flags = 0;
  if constexpr (requires { C::fraction; }) flags |= C::fraction ? NNRUN_FRACTION : 0u;
  if constexpr (requires { C::higher_is_better; })
    flags |= C::higher_is_better ? NNRUN_HIGHER_IS_BETTER : 0u;
  return flags;
}
/// Fills in the functions that came with 1.3.
template <class C>
constexpr void add_meaning(nnrun_metric& metric) {
  if constexpr (requires(C c, const Meaning& m) { c.prepare(m); }) metric.prepare = prepare<C>;
  if constexpr (requires(const C c, Rows<const double> rows, std::span<double> out) {
                  c.per_class(rows, rows, out);
                }) {
    metric.per_class[NNRUN_F32] = measure_classes<C, float>;
    metric.per_class[NNRUN_F64] = measure_classes<C, double>;
  }
  if constexpr (requires(const C c) { c.word(); }) metric.word = word_of<C>;
}
/// Fills in what the author declares about targets, and the words for messages.
template <class C>
constexpr void declare(nnrun_metric& metric) {
  if constexpr (requires {
                  { C::targets } -> std::convertible_to<const Range&>;
                })
    metric.targets = C::targets;
  if constexpr (requires { C::question; }) metric.question = C::question;
  if constexpr (requires { C::adjective; }) metric.adjective = C::adjective;
}
}  // namespace detail

/// Give the template `double value(Rows<const T> y, Rows<const T> t) const`; at least one row.
/// `static constexpr bool fraction = true` shows it in percent, `higher_is_better = true` says
/// which values are good. `void table(Rows<const T> y, Rows<const T> t, Rows<double> counts) const`
/// adds a square table of counts by class, zeroed before (see abi.h). `static constexpr
/// nnrun::Range targets{-1, 1}` and `auto question = "on which side of a half an output lies"` warn
/// of targets that mean nothing to it where there is one output; `adjective = "accurate"` makes a
/// comparison say "more accurate" instead of "better".
///
/// `void prepare(const nnrun::Meaning&)` is called once before the first value and says on which
/// side of what an answer is a yes, and whether columns are classes or labels; it may keep that in
/// the object, and throw nnrun::Error if settings do not fit. `void per_class(Rows<const T> y,
/// Rows<const T> t, std::span<double> out) const` gives a number for each class, and `const char*
/// word() const` what the name leaves open ("macro"): both are shown after training.
struct Metric {
  static constexpr auto kind = "metric/1";
  template <class C>
  static constexpr nnrun_metric functions_of() {
    nnrun_metric metric{sizeof(nnrun_metric),
                        detail::metric_flags<C>(),
                        {detail::measure<C, float>, detail::measure<C, double>},
                        {detail::table_function<C, float>(), detail::table_function<C, double>()},
                        {},
                        nullptr,
                        nullptr,
                        nullptr,
                        {},
                        nullptr};
    detail::declare<C>(metric);
    detail::add_meaning<C>(metric);
    return metric;
  }
};

}  // namespace nnrun
