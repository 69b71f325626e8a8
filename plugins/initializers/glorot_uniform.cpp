#include <nnrun/plugin.hpp>

/// U[−a, a) with a = √(6 / (fan_in + fan_out)). Glorot & Bengio 2010, equation 16.
struct GlorotUniform : nnrun::Initializer {
  static constexpr auto name = "glorot_uniform", doc = "uniform in ±sqrt(6 / (fan_in + fan_out))";
  void fill(const nnrun::Stream& random, const nnrun::Block& block, std::span<double> w) const {
    const double a = std::sqrt(6. / static_cast<double>(block.fan_in + block.fan_out));
    random.fill(w);
    for (double& x : w) x = -a + 2 * a * x;
  }
};
NNRUN_REGISTER(GlorotUniform)
