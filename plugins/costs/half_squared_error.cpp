#include <nnrun/plugin.hpp>

/// ½ Σ (y − t)² over an example's outputs. Nielsen, *Neural Networks and Deep Learning*, equation
/// 6; the TensorFlow Playground.
struct HalfSquaredError : nnrun::Cost {
  static constexpr auto name = "half_squared_error", doc = "half the sum over outputs of (y - t)^2";
  auto f(auto y, auto t) const { return 0.5 * (y - t) * (y - t); }
};
NNRUN_REGISTER(HalfSquaredError)
