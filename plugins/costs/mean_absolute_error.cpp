#include <nnrun/plugin.hpp>

/// |y − t|, averaged over an example's outputs; slope 0 where y = t. PyTorch's L1Loss, Keras'
/// MeanAbsoluteError.
struct MeanAbsoluteError : nnrun::Cost {
  static constexpr auto name = "mean_absolute_error", doc = "mean over outputs of |y - t|";
  static constexpr bool mean = true;
  auto f(auto y, auto t) const { return abs(y - t); }
};
NNRUN_REGISTER(MeanAbsoluteError)
