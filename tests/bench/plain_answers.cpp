// The forward passes of 2-5-1 and 784-128-10 by hand, all sizes known to the compiler: -O3
// -march=native. Weights are inputs × units.
#include <cmath>

#include "plain.hpp"
namespace nnrun::bench {
namespace {

template <std::size_t in, std::size_t out>
const float* layer(const float* w, const float* x, float* y) {
  const float* const b = w + in * out;
  float sums[out];
  for (std::size_t u = 0; u < out; ++u) sums[u] = b[u];
  for (std::size_t i = 0; i < in; ++i)
    for (std::size_t u = 0; u < out; ++u) sums[u] += w[i * out + u] * x[i];
  for (std::size_t u = 0; u < out; ++u) y[u] = 1.f / (1.f + std::exp(-sums[u]));
  return b + out;
}

}  // namespace

void forward_by_hand(bool small, const float* w, const float* x, float* y) {
  float hidden[128];
  if (small)
    layer<5, 1>(layer<2, 5>(w, x, hidden), hidden, y);
  else
    layer<128, 10>(layer<784, 128>(w, x, hidden), hidden, y);
}

}  // namespace nnrun::bench
