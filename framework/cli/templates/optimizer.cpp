#include <nnrun/plugin.hpp>

/// AdaBelief: like Adam, but steps are divided by how far gradients are from their average. Zhuang
/// et al. 2020, algorithm 2, without its ε inside the average.
struct NewThing : nnrun::Optimizer {
  static constexpr auto name = "new_thing", doc = "steps scaled by belief in the gradient";
  static constexpr const char* slots[] = {"m", "s"};
  static constexpr double learning_rate = 0.001;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  static constexpr auto params() {
    constexpr nnrun::Accepts share{.min = 0, .max = 1, .below_max = true};
    return nnrun::params(nnrun::param(&NewThing::beta1, "beta1", "decay of m", share),
                         nnrun::param(&NewThing::beta2, "beta2", "decay of s", share),
                         nnrun::param(&NewThing::epsilon, "epsilon", "added", {.min = 1e-30}));
  }
  void update(auto& w, auto g, auto& m, auto& s, const nnrun::Step& step) const {
    m = beta1 * m + (1 - beta1) * g;
    s = beta2 * s + (1 - beta2) * (g - m) * (g - m);
    w = w - step.rate / step.held(beta1) * m / (sqrt(s / step.held(beta2)) + epsilon);
  }
};
NNRUN_REGISTER(NewThing)
