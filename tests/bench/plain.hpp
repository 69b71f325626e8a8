// What the framework is compared with: each network written out by hand, as one would in an
// afternoon.
#pragma once
#include <cstddef>
namespace nnrun::bench {

/// The article's 2-5-1 without biases by finite differences: one forward pass per weight. One
/// update per example. Weights are units × inputs, layer by layer. Returns the sum of the costs.
double differences_2_5_1(double* w, const double* x, const double* t, std::size_t n, double h,
                         double rate);

/// 2-5-1 with biases by the chain rule, one update per example. Behind the weights of a layer
/// stand its biases.
double backprop_2_5_1(float* w, const float* x, const float* t, std::size_t n, float rate);

/// The same two with all numbers in registers: what is left is the chain of arithmetic that an
/// example must wait for. Parameters as above.
double registers_differences_2_5_1(double* w, const double* x, const double* t, std::size_t n,
                                   double h, double rate);
double registers_differences_2_5_1(float* w, const float* x, const float* t, std::size_t n, float h,
                                   float rate);
double registers_backprop_2_5_1(float* w, const float* x, const float* t, std::size_t n,
                                float rate);

/// 784-128-10 with biases by the chain rule, an update per batch. Parameters as above, but weights
/// are inputs × units, so that all loops run along memory.
struct Batches {
  float* w;
  const float *x, *t;
  std::size_t n, batch;
  float rate;
};
/// Number by number: compiled with -O3 -fno-tree-vectorize.
double scalar_784_128_10(const Batches& run);
/// The same loops, left to the compiler: -O3 -march=native.
double vector_784_128_10(const Batches& run);

/// One example through 2-5-1 (small) or 784-128-10, sigmoid: weights as above, inputs × units.
void forward_by_hand(bool small, const float* w, const float* x, float* y);

/// Filters over square images: channels last, weights (row, column, channel) × filters.
struct Filters {
  std::size_t images, side, channels, window, filters;
};
void plain_forward(const Filters& v, const float* x, const float* w, float* y);
void plain_backward_inputs(const Filters& v, const float* dy, const float* w, float* dx);
void plain_backward_weights(const Filters& v, const float* x, const float* dy, float* dw);

}  // namespace nnrun::bench
