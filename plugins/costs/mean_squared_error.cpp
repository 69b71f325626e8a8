#include <nnrun/plugin.hpp>

/// (y − t)², averaged over an example's outputs. PyTorch's MSELoss, Keras' MeanSquaredError.
struct MeanSquaredError : nnrun::Cost {
  static constexpr auto name = "mean_squared_error", doc = "mean over outputs of (y - t)^2";
  static constexpr bool mean = true;
  auto f(auto y, auto t) const { return (y - t) * (y - t); }
};
NNRUN_REGISTER(MeanSquaredError)
