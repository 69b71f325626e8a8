// Straightforward loops for one example at a time, with the C library's exp, at -O3.
#include <cmath>

#include "plain.hpp"
namespace nnrun::bench {
namespace {

constexpr std::size_t inputs = 2, hidden = 5;

template <class T>
T sigmoid(T x) {
  return T(1) / (T(1) + std::exp(-x));
}

double forward(const double* w, const double* x) {
  double out = 0;
  for (std::size_t u = 0; u < hidden; ++u) {
    double sum = 0;
    for (std::size_t i = 0; i < inputs; ++i) sum += w[u * inputs + i] * x[i];
    out += w[hidden * inputs + u] * sigmoid(sum);
  }
  return sigmoid(out);
}

}  // namespace

double differences_2_5_1(double* w, const double* x, const double* t, std::size_t n, double h,
                         double rate) {
  constexpr std::size_t weights = hidden * inputs + hidden;
  double total = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const auto cost = [&] {
      const double error = forward(w, x + k * inputs) - t[k];
      return error * error;
    };
    const double here = cost();
    double slopes[weights];
    for (std::size_t i = 0; i < weights; ++i) {
      const double keep = w[i];
      w[i] = keep + h;
      slopes[i] = (cost() - here) / h;
      w[i] = keep;
    }
    for (std::size_t i = 0; i < weights; ++i) w[i] -= rate * slopes[i];
    total += here;
  }
  return total;
}

double backprop_2_5_1(float* w, const float* x, const float* t, std::size_t n, float rate) {
  float *const b = w + hidden * inputs, *const v = b + hidden, *const c = v + hidden;
  double total = 0;
  for (std::size_t k = 0; k < n; ++k, x += inputs) {
    float a[hidden], out = *c;
    for (std::size_t u = 0; u < hidden; ++u) {
      float sum = b[u];
      for (std::size_t i = 0; i < inputs; ++i) sum += w[u * inputs + i] * x[i];
      a[u] = sigmoid(sum);
      out += v[u] * a[u];
    }
    const float y = sigmoid(out), error = y - t[k], slope = 2 * error * y * (1 - y);
    for (std::size_t u = 0; u < hidden; ++u) {
      const float own = slope * v[u] * a[u] * (1 - a[u]);
      v[u] -= rate * slope * a[u];
      for (std::size_t i = 0; i < inputs; ++i) w[u * inputs + i] -= rate * own * x[i];
      b[u] -= rate * own;
    }
    *c -= rate * slope;
    total += static_cast<double>(error * error);
  }
  return total;
}

}  // namespace nnrun::bench
