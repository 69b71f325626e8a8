// Gradients: how the slope of the cost is found. A gradient sees an objective and nothing else.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {

/// The mean cost of one batch at the present parameters.
template <class T>
class Objective {
 public:
  explicit Objective(const nnrun_objective* lent) : lent_(lent) {}
  std::size_t parameters() const { return lent_->n; }
  double cost() const {
    double cost = 0;
    require(lent_->cost(lent_->host, &cost));
    return cost;
  }
  /// Sets out[i] to the cost with parameter i + h; returns the cost without h.
  double costs(double h, std::span<T> out) const {
    double here = 0;
    require(lent_->costs(lent_->host, h, out.data(), &here));
    return here;
  }
  /// Writes the exact gradient by the chain rule; returns the cost.
  double backpropagate(std::span<T> gradient) const {
    double cost = 0;
    require(lent_->backpropagate(lent_->host, gradient.data(), &cost));
    return cost;
  }

  /// Returns the cost at the present parameters + h · direction.
  double cost_along(std::span<const T> direction, double h) const {
    double cost = 0;
    require(lent_->cost_along(lent_->host, direction.data(), h, &cost));
    return cost;
  }
  /// Returns random numbers that depend on the step alone.
  Stream stream() const { return Stream(lent_->stream); }

 private:
  static void require(int status) {
    if (status != 0) throw detail::AlreadyReported{};
  }
  const nnrun_objective* lent_;
};

namespace detail {
template <class C>
int differentiate(void* self, const nnrun_objective* o, void* gradient, double* cost) noexcept {
  static_assert(
      requires(const C c, Objective<float> f, std::span<float> g, Objective<double> d,
               std::span<double> h) { c.compute(f, g), c.compute(d, h); },
      "a gradient gives template <class T> double compute(const nnrun::Objective<T>& "
      "objective, std::span<T> gradient) const");
  return guard([&] {
    const C& c = *static_cast<const C*>(self);
    if (o->dtype == NNRUN_F32) {
      const Objective<float> objective(o);
      *cost = c.compute(objective, std::span(static_cast<float*>(gradient), o->n));
    } else {
      const Objective<double> objective(o);
      *cost = c.compute(objective, std::span(static_cast<double*>(gradient), o->n));
    }
  });
}
template <class C>
constexpr std::uint32_t gradient_flags() {
  if constexpr (requires { C::backpropagates; })
    return C::backpropagates ? NNRUN_BACKPROPAGATES : 0u;
  else
    return 0;
}
}  // namespace detail

/// Give the template `double compute(const Objective<T>&, span<T> gradient) const`; it returns the
/// cost at the present parameters. One that returns `objective.backpropagate(gradient)` and does
/// nothing else says `static constexpr bool backpropagates = true`: the host then does it itself.
struct Gradient {
  static constexpr auto kind = "gradient/1";
  template <class C>
  static constexpr nnrun_gradient functions_of() {
    return {sizeof(nnrun_gradient), detail::gradient_flags<C>(), detail::differentiate<C>};
  }
};

}  // namespace nnrun
