#include <nnrun/plugin.hpp>

/// w ← w − rate · g: gradient descent. The article, *backProp*, whose step is 1.
struct Sgd : nnrun::Optimizer {
  static constexpr auto name = "sgd", doc = "w - learning_rate * g";
  void update(auto& w, auto g, const nnrun::Step& k) const { w = w - k.rate * g; }
};
NNRUN_REGISTER(Sgd)
