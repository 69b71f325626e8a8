// Filters over an image by plain loops, left to the compiler: -O3 -march=native.
#include "plain.hpp"
namespace nnrun::bench {
namespace {
/// Calls f(first of a row of taps in x, in the outputs of a pixel, in the weights) for all.
template <class F>
void each_row_of_taps(const Filters& v, F f) {
  const std::size_t out = v.side - v.window + 1;
  for (std::size_t r = 0; r < v.images; ++r)
    for (std::size_t i = 0; i < out; ++i)
      for (std::size_t j = 0; j < out; ++j)
        for (std::size_t k = 0; k < v.window; ++k)
          f(((r * v.side + i + k) * v.side + j) * v.channels, ((r * out + i) * out + j) * v.filters,
            k * v.window * v.channels * v.filters);
}
}  // namespace

void plain_forward(const Filters& v, const float* x, const float* w, float* y) {
  const std::size_t out = v.side - v.window + 1, taps = v.window * v.channels;
  for (std::size_t i = 0; i < v.images * out * out * v.filters; ++i) y[i] = 0;
  each_row_of_taps(v, [&](std::size_t in, std::size_t pixel, std::size_t row) {
    for (std::size_t t = 0; t < taps; ++t)
      for (std::size_t o = 0; o < v.filters; ++o)
        y[pixel + o] += x[in + t] * w[row + t * v.filters + o];
  });
}
void plain_backward_inputs(const Filters& v, const float* dy, const float* w, float* dx) {
  const std::size_t taps = v.window * v.channels;
  for (std::size_t i = 0; i < v.images * v.side * v.side * v.channels; ++i) dx[i] = 0;
  each_row_of_taps(v, [&](std::size_t in, std::size_t pixel, std::size_t row) {
    for (std::size_t t = 0; t < taps; ++t) {
      float sum = 0;
      for (std::size_t o = 0; o < v.filters; ++o) sum += dy[pixel + o] * w[row + t * v.filters + o];
      dx[in + t] += sum;
    }
  });
}
void plain_backward_weights(const Filters& v, const float* x, const float* dy, float* dw) {
  const std::size_t taps = v.window * v.channels;
  for (std::size_t i = 0; i < v.window * taps * v.filters; ++i) dw[i] = 0;
  each_row_of_taps(v, [&](std::size_t in, std::size_t pixel, std::size_t row) {
    for (std::size_t t = 0; t < taps; ++t)
      for (std::size_t o = 0; o < v.filters; ++o)
        dw[row + t * v.filters + o] += x[in + t] * dy[pixel + o];
  });
}

}  // namespace nnrun::bench
