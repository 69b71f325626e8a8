#include <nnrun/plugin.hpp>

/// Σ (y − t)² over an example's outputs. The article, *cost*.
struct SumSquaredError : nnrun::Cost {
  static constexpr auto name = "sum_squared_error", doc = "sum over outputs of (y - t)^2";
  auto f(auto y, auto t) const { return (y - t) * (y - t); }
};
NNRUN_REGISTER(SumSquaredError)
