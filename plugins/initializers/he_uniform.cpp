#include <nnrun/plugin.hpp>

/// U[−a, a) with a = √(6 / fan_in), which has the variance 2 / fan_in. He, Zhang, Ren, Sun 2015,
/// equation 10; PyTorch's kaiming_uniform_ for relu.
struct HeUniform : nnrun::Initializer {
  static constexpr auto name = "he_uniform", doc = "uniform in ±sqrt(6 / fan_in)";
  void fill(const nnrun::Stream& random, const nnrun::Block& block, std::span<double> w) const {
    const double a = std::sqrt(6. / static_cast<double>(block.fan_in));
    random.fill(w);
    for (double& x : w) x = -a + 2 * a * x;
  }
};
NNRUN_REGISTER(HeUniform)
