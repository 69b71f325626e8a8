#include <nnrun/plugin.hpp>

/// N(0, 1 / fan_in). LeCun, Bottou, Orr, Müller 1998, *Efficient BackProp*, equation 16; selu needs
/// it. Keras cuts it off at two deviations.
struct LecunNormal : nnrun::Initializer {
  static constexpr auto name = "lecun_normal", doc = "normal with variance 1 / fan_in";
  void fill(const nnrun::Stream& random, const nnrun::Block& block, std::span<double> w) const {
    random.normal(w, 0, 1 / std::sqrt(static_cast<double>(block.fan_in)));
  }
};
NNRUN_REGISTER(LecunNormal)
