#include <nnrun/plugin.hpp>

/// N(0, 2 / fan_in), for relu. He, Zhang, Ren, Sun 2015, *Delving Deep into Rectifiers*, equation
/// 10; PyTorch's kaiming_normal_. Keras cuts it off at two deviations.
struct HeNormal : nnrun::Initializer {
  static constexpr auto name = "he_normal", doc = "normal with variance 2 / fan_in";
  void fill(const nnrun::Stream& random, const nnrun::Block& block, std::span<double> w) const {
    random.normal(w, 0, std::sqrt(2. / static_cast<double>(block.fan_in)));
  }
};
NNRUN_REGISTER(HeNormal)
