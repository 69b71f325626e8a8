#include <nnrun/plugin.hpp>

/// dC/dw ≈ (C(w + h) − C(w)) / h, every difference at the old weights. The article, *backProp*.
struct FiniteDifference : nnrun::Gradient {
  static constexpr auto name = "finite_difference", doc = "(C(w + h) - C(w)) / h, weight by weight";
  double step = 0.01;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&FiniteDifference::step, "step", "h, added to a weight",
                     {.min = 0, .max = 1, .above_min = true, .logarithmic = true}));
  }
  template <class T>
  double compute(const nnrun::Objective<T>& objective, std::span<T> gradient) const {
    const double here = objective.costs(step, gradient);
    differences(gradient.data(), static_cast<T>(here), static_cast<T>(step), gradient.size());
    return here;
  }
  template <class T>
  NNRUN_CLONES static void differences(T* g, T here, T h, std::size_t n) {
    nnrun::each<T>(
        n, [=](std::size_t i) __attribute__((always_inline)) { g[i] = (g[i] - here) / h; });
  }
};
NNRUN_REGISTER(FiniteDifference)
