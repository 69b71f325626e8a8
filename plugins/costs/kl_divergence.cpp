#include <nnrun/plugin.hpp>

/// Σ t log(t / y) over an example's outputs, both probabilities. Kullback & Leibler 1951, *On
/// Information and Sufficiency*. A logarithm is at least −100, so that 0 log 0 is 0.
struct KlDivergence : nnrun::Cost {
  static constexpr auto name = "kl_divergence", doc = "sum over outputs of t log(t / y)";
  auto f(auto y, auto t) const { return t * (max(log(t), -100) - max(log(y), -100)); }
  auto df(auto y, auto t) const { return -t / max(y, 1e-30); }
};
NNRUN_REGISTER(KlDivergence)
