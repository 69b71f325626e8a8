// Plain triple loops over a batch, in the order that favours them most: the inner one runs along
// memory, and what it reads stays in the nearest cache. Compiled twice, under two names and with
// two sets of flags.
#include <algorithm>
#include <cmath>
#include <vector>

#include "plain.hpp"
namespace nnrun::bench {
namespace {

constexpr std::size_t inputs = 784, hidden = 128, outputs = 10;

float sigmoid(float x) {
  return 1.f / (1.f + std::exp(-x));
}

/// y += scale · x
void add(float scale, const float* x, float* y, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) y[k] += scale * x[k];
}

/// a = σ(x W + b)
void forward(const float* x, const float* w, const float* b, float* a, std::size_t rows,
             std::size_t in, std::size_t out) {
  for (std::size_t r = 0; r < rows; ++r) std::copy_n(b, out, a + r * out);
  for (std::size_t i = 0; i < in; ++i)
    for (std::size_t r = 0; r < rows; ++r) add(x[r * in + i], w + i * out, a + r * out, out);
  for (std::size_t k = 0; k < rows * out; ++k) a[k] = sigmoid(a[k]);
}

/// dw = xᵀ dz, db = column sums of dz
void slopes(const float* x, const float* dz, float* dw, float* db, std::size_t rows, std::size_t in,
            std::size_t out) {
  std::fill_n(dw, in * out, 0.f);
  std::fill_n(db, out, 0.f);
  for (std::size_t i = 0; i < in; ++i)
    for (std::size_t r = 0; r < rows; ++r) add(x[r * in + i], dz + r * out, dw + i * out, out);
  for (std::size_t r = 0; r < rows; ++r) add(1, dz + r * out, db, out);
}

}  // namespace

double NNRUN_PLAIN_BATCH(const Batches& run) {
  constexpr std::size_t first = inputs * hidden + hidden, all = first + hidden * outputs + outputs;
  float *const w1 = run.w, *const b1 = w1 + inputs * hidden, *const w2 = run.w + first,
               *const b2 = w2 + hidden * outputs;
  std::vector<float> a(run.batch * hidden), da(run.batch * hidden), y(run.batch * outputs),
      dy(run.batch * outputs), g(all);
  double total = 0;
  for (std::size_t from = 0; from + run.batch <= run.n; from += run.batch) {
    const float *const x = run.x + from * inputs, *const t = run.t + from * outputs;
    forward(x, w1, b1, a.data(), run.batch, inputs, hidden);
    forward(a.data(), w2, b2, y.data(), run.batch, hidden, outputs);
    for (std::size_t i = 0; i < run.batch * outputs; ++i) {
      const float error = y[i] - t[i];
      total += static_cast<double>(error * error);
      dy[i] = 2 * error / static_cast<float>(run.batch) * y[i] * (1 - y[i]);
    }
    for (std::size_t r = 0; r < run.batch; ++r)
      for (std::size_t u = 0; u < hidden; ++u) {
        float sum = 0;
        for (std::size_t o = 0; o < outputs; ++o) sum += dy[r * outputs + o] * w2[u * outputs + o];
        da[r * hidden + u] = sum * a[r * hidden + u] * (1 - a[r * hidden + u]);
      }
    slopes(x, da.data(), g.data(), g.data() + inputs * hidden, run.batch, inputs, hidden);
    slopes(a.data(), dy.data(), g.data() + first, g.data() + first + hidden * outputs, run.batch,
           hidden, outputs);
    for (std::size_t i = 0; i < all; ++i) run.w[i] -= run.rate * g[i];
  }
  return total;
}

}  // namespace nnrun::bench
