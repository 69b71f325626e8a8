#include <nnrun/plugin.hpp>

/// N(0, 2 / (fan_in + fan_out)). Glorot & Bengio 2010, equation 12; PyTorch's xavier_normal_. Keras
/// cuts it off at two deviations.
struct GlorotNormal : nnrun::Initializer {
  static constexpr auto name = "glorot_normal", doc = "normal with variance 2 / (fan_in + fan_out)";
  void fill(const nnrun::Stream& random, const nnrun::Block& block, std::span<double> w) const {
    random.normal(w, 0, std::sqrt(2. / static_cast<double>(block.fan_in + block.fan_out)));
  }
};
NNRUN_REGISTER(GlorotNormal)
