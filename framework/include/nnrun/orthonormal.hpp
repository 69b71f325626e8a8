// Rows of length 1 at right angles, evenly distributed over all such matrices.
#pragma once
#include <algorithm>
#include <cmath>
#include <nnrun/kinds/common.hpp>
#include <nnrun/lanes.hpp>
#include <span>

namespace nnrun::orthonormal {

NNRUN_INLINE double dot(const double* a, const double* b, std::size_t n) {
  nnrun::Lane<double> sum{};
  for (std::size_t k = 0; k < n; k += nnrun::lanes)
    sum += nnrun::lane_at(a + k) * nnrun::lane_at(b + k);
  return nnrun::sum_of_lanes<double>(sum)[0];
}
/// Makes row i a unit vector at right angles to those before it.
NNRUN_CLONES inline void straighten(double* rows, std::size_t i, std::size_t stride) {
  double* const v = rows + i * stride;
  for (std::size_t j = 0; j < i; ++j) {
    const double* const u = rows + j * stride;
    const double along = dot(u, v, stride);
    for (std::size_t k = 0; k < stride; ++k) v[k] -= along * u[k];
  }
  const double length = std::sqrt(dot(v, v, stride));
  for (std::size_t k = 0; k < stride; ++k) v[k] /= length;
}
/// Fills n rows of `length` numbers, at least n, and zeros up to whole lanes: Q of Q R = normal
/// numbers with a positive diagonal of R, by the method of Gram and Schmidt.
inline void fill(const nnrun::Stream& random, std::size_t n, std::size_t length, double* rows) {
  const std::size_t stride = nnrun::padded(length);
  std::fill_n(rows, n * stride, 0.);
  for (std::size_t i = 0; i < n; ++i) {
    random.normal(std::span(rows + i * stride, length), 0, 1);
    straighten(rows, i, stride);
    straighten(rows, i, stride);  // again: rounding left some of the others
  }
}

}  // namespace nnrun::orthonormal
