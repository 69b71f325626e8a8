#include <nnrun/plugin.hpp>

/// Zeiler 2012, algorithm 1: steps in the units of the parameter, from averages of squared
/// gradients and squared steps. The learning rate, 1 in the paper, and weight decay are PyTorch's.
struct Adadelta : nnrun::Optimizer {
  static constexpr auto name = "adadelta",
                        doc = "steps scaled by the ratio of past steps to past gradients";
  static constexpr const char* slots[] = {"square_average", "step_average"};
  static constexpr double learning_rate = 1;
  double rho = 0.9, epsilon = 1e-6, weight_decay = 0;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Adadelta::rho, "rho", "decay of both averages",
                     {.min = 0, .max = 1, .below_max = true}),
        nnrun::param(&Adadelta::epsilon, "epsilon", "added to both averages under the root",
                     {.min = 0, .above_min = true}),
        nnrun::param(&Adadelta::weight_decay, "weight_decay", "pull of parameters towards 0",
                     {.min = 0}));
  }
  void update(auto& w, auto g, auto& v, auto& u, const nnrun::Step& k) const {
    const auto slope = g + weight_decay * w;
    v = normal_or_zero(rho * v + (1 - rho) * slope * slope);
    const auto step = sqrt(u + epsilon) / sqrt(v + epsilon) * slope;
    u = normal_or_zero(rho * u + (1 - rho) * step * step);
    w = w - k.rate * step;
  }
};
NNRUN_REGISTER(Adadelta)
