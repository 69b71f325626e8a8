#include <nnrun/plugin.hpp>
#include <vector>

/// dC/dw ≈ (C(w + h) − C(w − h)) / 2h, weight by weight: wrong by h² C''' / 6, where the one-sided
/// difference of finite_difference is wrong by h C'' / 2.
struct CentralDifference : nnrun::Gradient {
  static constexpr auto name = "central_difference",
                        doc = "(C(w + h) - C(w - h)) / 2h, weight by weight";
  double step = 0.001;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(
        &CentralDifference::step, "step", "h, added to a weight and subtracted from it",
        {.min = 0, .max = 1, .above_min = true, .logarithmic = true}));
  }
  template <class T>
  double compute(const nnrun::Objective<T>& objective, std::span<T> gradient) const {
    static thread_local std::vector<T> below;  // grows once
    below.resize(gradient.size());
    objective.costs(-step, below);
    const double here = objective.costs(step, gradient);
    const T width = static_cast<T>(2 * step);
    for (std::size_t i = 0; i < gradient.size(); ++i)
      gradient[i] = (gradient[i] - below[i]) / width;
    return here;
  }
};
NNRUN_REGISTER(CentralDifference)
