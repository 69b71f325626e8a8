#include <algorithm>
#include <nnrun/plugin.hpp>
#include <vector>

/// Two costs per sample, however many weights there are: dC/dw ≈ (C(w + h δ) − C(w − h δ)) / 2h · δ
/// with every δ drawn from −1 and 1, and the mean over the samples. Spall 1992, *Multivariate
/// Stochastic Approximation Using a Simultaneous Perturbation Gradient Approximation*, equation
/// 2.2. Right only on average: the slopes of all other weights are noise in a sample.
struct Spsa : nnrun::Gradient {
  static constexpr auto name = "spsa", doc = "slopes along random directions, two costs for each";
  double h = 0.001;
  std::int64_t samples = 1;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Spsa::h, "h", "added to all weights and subtracted from them",
                     {.min = 0, .max = 1, .above_min = true, .logarithmic = true}),
        nnrun::param(&Spsa::samples, "samples", "directions per step", {.min = 1, .max = 1e6}));
  }
  template <class T>
  double compute(const nnrun::Objective<T>& objective, std::span<T> gradient) const {
    static thread_local std::vector<T> direction;  // these grow once
    static thread_local std::vector<double> drawn;
    direction.resize(gradient.size());
    drawn.resize(gradient.size());
    std::fill(gradient.begin(), gradient.end(), T(0));
    for (std::int64_t sample = 0; sample < samples; ++sample) {
      objective.stream().fill(drawn);
      for (std::size_t i = 0; i < drawn.size(); ++i) direction[i] = drawn[i] < 0.5 ? T(-1) : T(1);
      const double above = objective.cost_along(direction, h),
                   below = objective.cost_along(direction, -h);
      const T slope = static_cast<T>((above - below) / (2 * h * static_cast<double>(samples)));
      for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += slope * direction[i];
    }
    return objective.cost();
  }
};
NNRUN_REGISTER(Spsa)
