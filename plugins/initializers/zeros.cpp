#include <nnrun/plugin.hpp>

/// 0. For biases: weights that all start at 0 all learn the same.
struct Zeros : nnrun::Initializer {
  static constexpr auto name = "zeros", doc = "0 everywhere";
  double draw(const nnrun::Stream&, const nnrun::Block&) const { return 0; }
};
NNRUN_REGISTER(Zeros)
