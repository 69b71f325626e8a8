#include <nnrun/plugin.hpp>

/// The exact gradient by the chain rule (Rumelhart, Hinton, Williams 1986).
struct Backprop : nnrun::Gradient {
  static constexpr auto name = "backprop", doc = "the exact gradient, by the chain rule";
  static constexpr bool backpropagates = true;
  template <class T>
  double compute(const nnrun::Objective<T>& objective, std::span<T> gradient) const {
    return objective.backpropagate(gradient);
  }
};
NNRUN_REGISTER(Backprop)
