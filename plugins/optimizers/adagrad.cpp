#include <nnrun/plugin.hpp>

/// s ← s + g², w ← w − rate · g / (√s + ε). Duchi, Hazan, Singer 2011, figure 1; ε and weight decay
/// as PyTorch has them.
struct Adagrad : nnrun::Optimizer {
  static constexpr auto
      name = "adagrad",
      doc =
          "steps shrink by the root of all squared gradients so far, which begin at "
          "0 as in PyTorch (Keras: 0.1)";
  static constexpr const char* slots[] = {"sum"};
  double epsilon = 1e-10, weight_decay = 0;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Adagrad::epsilon, "epsilon", "added to the root in the denominator",
                     {.min = 0, .above_min = true}),
        nnrun::param(&Adagrad::weight_decay, "weight_decay", "pull of parameters towards 0",
                     {.min = 0}));
  }
  void update(auto& w, auto g, auto& s, const nnrun::Step& k) const {
    const auto slope = g + weight_decay * w;
    s = s + slope * slope;
    w = w - k.rate * slope / (sqrt(s) + epsilon);
  }
};
NNRUN_REGISTER(Adagrad)
