#include <nnrun/plugin.hpp>

/// λx above 0, λα (eˣ − 1) below, which pulls activations towards mean 0 and variance 1. Klambauer,
/// Unterthiner, Mayr, Hochreiter 2017, *Self-Normalizing Neural Networks*, equation 2.
struct Selu : nnrun::Activation {
  static constexpr auto name = "selu",
                        doc = "1.0507 * elu(x) with alpha = 1.6733: keeps mean 0 and variance 1";
  static constexpr double lambda = 1.0507009873554805, alpha = 1.6732632423543772;
  auto f(auto x) const { return lambda * (x > 0 ? x : alpha * expm1(x)); }
};
NNRUN_REGISTER(Selu)
