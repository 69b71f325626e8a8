// The preparation of one row after the other, with everything looked up beforehand.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <nnrun/lanes.hpp>
#include <type_traits>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "network/graph.hpp"
#include "network/preparation.hpp"
namespace nnrun::host {

/// What is done with every number of a row where no number becomes several: x / divide_by, then
/// (x - shift) * factor.
struct NumberByNumber {
  double divide_by = 1;
  const double *shifts = nullptr, *factors = nullptr;  ///< null: it is not scaled
  std::size_t n = 0;
};

/// Prepares a row so. Returns whether all of it is finite.
template <class Number, class T>
NNRUN_INLINE bool prepare_numbers(const NumberByNumber& how, const Number* raw, T* to) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  Bits wrong = 0;
  const auto each = [&](auto made) {
    for (std::size_t c = 0; c < how.n; ++c) {
      const T y = to[c] = static_cast<T>(made(static_cast<double>(raw[c]), c));
      wrong |= std::abs(y) <= std::numeric_limits<T>::max() ? Bits{0} : ~Bits{0};
    }
  };
  const double by = how.divide_by, *const shifts = how.shifts, *const factors = how.factors;
  if (by == 1 && !shifts)
    each([](double x, std::size_t) { return x; });
  else if (by == 1)
    each([&](double x, std::size_t c) { return (x - shifts[c]) * factors[c]; });
  else if (!shifts)
    each([&](double x, std::size_t) { return x / by; });
  else
    each([&](double x, std::size_t c) { return (x / by - shifts[c]) * factors[c]; });
  return wrong == 0;
}
template <class Number, class T>
NNRUN_CLONES bool prepare_many_numbers(const NumberByNumber how, const Number* raw, T* to) {
  return prepare_numbers(how, raw, to);
}

/// Gives the bits of Preparation::apply and round. The preparation must outlive it, and no longer
/// change.
template <class T>
class RowPreparation {
 public:
  RowPreparation(const Graph& graph, const Preparation& preparation)
      : preparation_(preparation),
        indices_(graph.indices()),
        prepared_(preparation.outputs()),
        raw_(preparation.inputs()) {
    const Preparation::Fit& fit = preparation.fitted();
    numbers_ = {preparation.divide_by(), nullptr, nullptr, prepared_.size()};
    if (!fit.shifts.empty()) numbers_.shifts = fit.shifts.data();
    if (!fit.shifts.empty()) numbers_.factors = fit.factors.data();
    number_by_number_ = fit.fills.empty() && preparation.rows() == 1 && indices_.count == 0 &&
                        raw_.size() == prepared_.size();
    for (std::size_t c = 0; number_by_number_ && c < preparation.slots().size(); ++c)
      number_by_number_ =
          preparation.slots()[c].is_number_of(c) && preparation.recipe().columns[c].gaps.empty();
  }

  /// Throws DataError if a prepared input is not finite, or not one that a layer takes.
  template <class Number>
  void operator()(const Number* raw, T* to) {
    constexpr std::size_t few = 16;  // a call would cost more than wider vectors save
    if (!number_by_number_)
      step_by_step(raw, to);
    else if (!(numbers_.n <= few ? prepare_numbers(numbers_, raw, to)
                                 : prepare_many_numbers(numbers_, raw, to)))
      step_by_step(raw, to);  // which says what is wrong
  }

 private:
  template <class Number>
  [[gnu::noinline]] void step_by_step(const Number* raw, T* to) {
    std::copy_n(raw, raw_.size(), raw_.data());
    preparation_.require_example(raw_.data());
    preparation_.apply(raw_.data(), prepared_.data());
    for (std::size_t i = 0; i < prepared_.size() && indices_.count > 0; ++i)
      if (!indices_.takes(prepared_[i]))
        throw DataError(Problem{.what = "input " + std::to_string(i + 1) + " is " +
                                        shortest(prepared_[i]) + indices_.refusal()});
    preparation_.round(prepared_.data(), prepared_.size(), to);
  }

  const Preparation& preparation_;
  Indices indices_;
  bool number_by_number_ = false;
  NumberByNumber numbers_;
  std::vector<double> prepared_, raw_;
};

}  // namespace nnrun::host
