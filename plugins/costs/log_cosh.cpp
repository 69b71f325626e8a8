#include <nnrun/plugin.hpp>

/// Σ log cosh(y − t) over an example's outputs: half the square for small errors, |e| − log 2 for
/// large ones. Keras' LogCosh. Written in two ways: −½ log(1 − tanh² e) loses nothing near 0, |e| +
/// log(1 + e^(−2|e|)) − log 2 cannot overflow.
struct LogCosh : nnrun::Cost {
  static constexpr auto name = "log_cosh", doc = "sum over outputs of log(cosh(y - t))";
  auto f(auto y, auto t) const {
    const auto e = abs(y - t), s = tanh(e);
    const auto l = log1p(e < 1 ? -s * s : exp(-2 * e));
    return e < 1 ? -0.5 * l : e + l - 0.6931471805599453;
  }
  auto df(auto y, auto t) const { return tanh(y - t); }
};
NNRUN_REGISTER(LogCosh)
