#include <nnrun/plugin.hpp>

/// v ← ρ v + (1 − ρ) g², w ← w − rate · g / (√v + ε). Tieleman & Hinton 2012, *Coursera*, lecture
/// 6e, with ρ = 0.9; ρ, ε and weight decay here are PyTorch's.
struct Rmsprop : nnrun::Optimizer {
  static constexpr auto name = "rmsprop",
                        doc =
                            "steps scaled by the root of an average of squared gradients; rho and "
                            "epsilon as in PyTorch (Keras: 0.9, inside the root)";
  static constexpr const char* slots[] = {"square_average"};
  double rho = 0.99, epsilon = 1e-8, weight_decay = 0;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Rmsprop::rho, "rho", "decay of the average",
                     {.min = 0, .max = 1, .below_max = true}),
        nnrun::param(&Rmsprop::epsilon, "epsilon", "added to the root in the denominator",
                     {.min = 0, .above_min = true}),
        nnrun::param(&Rmsprop::weight_decay, "weight_decay", "pull of parameters towards 0",
                     {.min = 0}));
  }
  void update(auto& w, auto g, auto& v, const nnrun::Step& k) const {
    const auto slope = g + weight_decay * w;
    v = rho * v + (1 - rho) * slope * slope;
    w = w - k.rate * slope / (sqrt(v) + epsilon);
  }
};
NNRUN_REGISTER(Rmsprop)
