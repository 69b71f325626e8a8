#include <nnrun/plugin.hpp>

/// v ← momentum · v + g, w ← w − rate · v. Polyak 1964, as PyTorch's SGD has it (without
/// dampening); nesterov: w ← w − rate · (g + momentum · v), Sutskever, Martens, Dahl, Hinton 2013.
/// weight_decay · w is added to g.
struct Momentum : nnrun::Optimizer {
  static constexpr auto name = "momentum", doc =
                                               "gradient descent with momentum; the present "
                                               "rate scales the whole velocity, as in PyTorch "
                                               "(Keras: each gradient has the rate of its step)";
  static constexpr const char* slots[] = {"velocity"};
  double momentum = 0.9, weight_decay = 0;
  bool nesterov = false;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Momentum::momentum, "momentum", "share of the last step that goes on",
                     {.min = 0, .max = 1, .below_max = true}),
        nnrun::param(&Momentum::nesterov, "nesterov", "look at the gradient one step ahead"),
        nnrun::param(&Momentum::weight_decay, "weight_decay", "pull of parameters towards 0",
                     {.min = 0}));
  }
  void update(auto& w, auto g, auto& v, const nnrun::Step& k) const {
    const auto slope = g + weight_decay * w;
    v = normal_or_zero(momentum * v + slope);
    w = w - k.rate * (nesterov ? slope + momentum * v : v);
  }
};
NNRUN_REGISTER(Momentum)
