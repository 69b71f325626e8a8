// The same training with every number that lasts in a register: no call, no load but of the data,
// no store. What is left is the arithmetic that one example must wait for before the next begins.
#include <bit>
#include <cstdint>
#include <nnrun/lanes.hpp>

#include "plain.hpp"
namespace nnrun::bench {
namespace {

constexpr std::size_t hidden = 5;

template <class T>
using Part = typename Lane<T>::Part;

/// e^x as nnrun/math.hpp has it, without its edges: no sum comes near them here.
NNRUN_INLINE Part<float> exp_of(Part<float> x) {
  using Bits = Lane<float>::Mask;
  const Part<float> k = x * 1.44269504f + 12582912.f, n = k - 12582912.f,
                    r = (x - n * 0.693359375f) + n * 2.12194440e-4f, r2 = r * r, r4 = r2 * r2;
  const Part<float> a = 4.99999934321292902e-1f + r * 1.66665203990425301e-1f,
                    b = (4.16683907835479131e-2f + r * 8.36874510894259065e-3f) +
                        r2 * 1.38145401768013064e-3f;
  return std::bit_cast<Part<float>>(std::bit_cast<Bits>(1.f + ((r + r2 * a) + r4 * b)) +
                                    (std::bit_cast<Bits>(k) << 23));
}
NNRUN_INLINE Part<double> exp_of(Part<double> x) {
  using Bits = Lane<double>::Mask;
  const Part<double> k = x * 1.4426950408889634 + 6755399441055744.0, n = k - 6755399441055744.0,
                     r = (x - n * 0.693145751953125) - n * 1.42860682030941723212e-6, r2 = r * r,
                     r4 = r2 * r2;
  const Part<double> a = 5.00000000000001067e-1 + r * 1.66666666666664115e-1,
                     b = (4.16666666665297286e-2 + r * 8.33333333349497716e-3) +
                         r2 * (1.38888889437598637e-3 + r * 1.98412695057736125e-4),
                     c = (2.48014929497302662e-5 + r * 2.75575868042049046e-6) +
                         r2 * (2.76303062195969326e-7 + r * 2.50000187139290215e-8);
  return std::bit_cast<Part<double>>(
      std::bit_cast<Bits>(1. + ((r + r2 * a) + (r4 * b + (r4 * r4) * c))) +
      (std::bit_cast<Bits>(k) << 52));
}
template <class T>
NNRUN_INLINE Lane<T> sigmoid(const Lane<T>& x) {
  return detail::by_parts<T>([&](int k) __attribute__((always_inline)) {
    return T(1) / (T(1) + exp_of(-x.part[k]));
  });
}
template <class T>
NNRUN_INLINE Lane<T> lane_of(const T* numbers) {
  return first_lanes<T>(lane_at(numbers), hidden);
}

template <class T>
NNRUN_INLINE double differences(T* w, const T* x, const T* t, std::size_t n, T h, T rate) {
  T rows[2][lanes] = {}, out[lanes] = {};
  for (std::size_t u = 0; u < hidden; ++u) {
    for (std::size_t i = 0; i < 2; ++i) rows[i][u] = w[u * 2 + i];
    out[u] = w[2 * hidden + u];
  }
  Lane<T> w0 = lane_of(rows[0]), w1 = lane_of(rows[1]), v = lane_of(out), total{};
  const T per_h = rate / h;
  for (std::size_t k = 0; k < n; ++k, x += 2) {
    const Lane<T> z = x[0] * w0 + x[1] * w1, a = sigmoid(z), a0 = sigmoid(z + h * x[0]),
                  a1 = sigmoid(z + h * x[1]), base = sum_of_lanes(a * v);
    // the last lanes have no unit: there the output is the base's
    const auto cost = [&](const Lane<T>& moved) __attribute__((always_inline)) {
      const Lane<T> error = sigmoid(base + first_lanes<T>(moved, hidden)) - t[k];
      return error * error;
    };
    const Lane<T> of_v = cost(h * a), of_w0 = cost((a0 - a) * v), of_w1 = cost((a1 - a) * v);
    const T here = of_v[hidden];
    v = v - per_h * (of_v - here);
    w0 = w0 - per_h * (of_w0 - here);
    w1 = w1 - per_h * (of_w1 - here);
    total += Lane<T>{} + here;
  }
  for (std::size_t u = 0; u < hidden; ++u) {
    w[u * 2] = w0[u];
    w[u * 2 + 1] = w1[u];
    w[2 * hidden + u] = v[u];
  }
  return static_cast<double>(total[0]);
}

}  // namespace

NNRUN_CLONES double registers_backprop_2_5_1(float* w, const float* x, const float* t,
                                             std::size_t n, float rate) {
  float rows[3][lanes] = {},
        out[lanes] = {};  // two of weights, one of biases; the output's weights
  for (std::size_t u = 0; u < hidden; ++u) {
    for (std::size_t i = 0; i < 2; ++i) rows[i][u] = w[u * 2 + i];
    rows[2][u] = w[2 * hidden + u];
    out[u] = w[3 * hidden + u];
  }
  Lane<float> w0 = lane_of(rows[0]), w1 = lane_of(rows[1]), b = lane_of(rows[2]), v = lane_of(out),
              c = Lane<float>{} + w[4 * hidden], total{};
  for (std::size_t k = 0; k < n; ++k, x += 2) {
    const Lane<float> a = sigmoid(b + x[0] * w0 + x[1] * w1), y = sigmoid(sum_of_lanes(a * v) + c),
                      error = y - t[k], slope = 2.f * error * (y * (1.f - y)),
                      own = slope * v * (a * (1.f - a)), step = rate * own;
    v = v - rate * (slope * a);
    v = first_lanes<float>(v, hidden);  // a is a half where there is no unit
    w0 = w0 - x[0] * step;
    w1 = w1 - x[1] * step;
    b = b - step;
    c = c - rate * slope;
    total += error * error;
  }
  for (std::size_t u = 0; u < hidden; ++u) {
    w[u * 2] = w0[u];
    w[u * 2 + 1] = w1[u];
    w[2 * hidden + u] = b[u];
    w[3 * hidden + u] = v[u];
  }
  w[4 * hidden] = c[0];
  return static_cast<double>(total[0]);
}

NNRUN_CLONES double registers_differences_2_5_1(double* w, const double* x, const double* t,
                                                std::size_t n, double h, double rate) {
  return differences(w, x, t, n, h, rate);
}
NNRUN_CLONES double registers_differences_2_5_1(float* w, const float* x, const float* t,
                                                std::size_t n, float h, float rate) {
  return differences(w, x, t, n, h, rate);
}

}  // namespace nnrun::bench
