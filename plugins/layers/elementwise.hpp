// Layers that work number by number on inputs of one shape, in whole lanes.
#pragma once
#include <algorithm>
#include <nnrun/plugin.hpp>

#include "shapes.hpp"

namespace elementwise {

using nnrun::first_lanes, nnrun::lane_at, nnrun::Lane, nnrun::lanes, nnrun::LayerCall;

/// Plans an output of the shape that all inputs have. most: the largest number of inputs; 0: any.
inline void plan(nnrun_plan& plan, const std::string& name, std::uint32_t most = 0) {
  if (plan.n_in < 2) throw nnrun::Error(name + " takes two inputs or more, not one");
  if (most != 0 && plan.n_in > most)
    throw nnrun::Error(name + " takes " + std::to_string(most) + " inputs, not " +
                       std::to_string(plan.n_in));
  for (std::uint32_t k = 1; k < plan.n_in; ++k)
    if (!shapes::same(plan.in[k], plan.in[0]))
      throw nnrun::Error(name + " takes inputs of one shape, not " + shapes::text(plan.in[0]) +
                         " and " + shapes::text(plan.in[k]));
  plan.out = plan.in[0];
  plan.free_cuts = 1;
}

/// Writes the outputs: f(i) gives the lane of the numbers from i on.
template <class T, class F>
NNRUN_CLONES void write(T* out, std::size_t n, F f) {
  for (std::size_t i = 0; i < n; i += lanes) lane_at(out + i) = f(i);
}
/// Writes the slopes of an input, and zeros after the last one, whatever f returns there.
template <class T, class F>
NNRUN_CLONES void write_slopes(T* dx, std::size_t n, bool add, F f) {
  for (std::size_t i = 0; i < n; i += lanes) {
    const Lane<T> slope = f(i);
    lane_at(dx + i) = first_lanes<T>(add ? lane_at(dx + i) + slope : slope, n - i);
  }
}

template <class T, class F>
void forward(const LayerCall<T>& c, F f) {
  write(c.out(), c.rows() * c.cols(), f);
}
/// f(k) gives what write_slopes takes for input k. Inputs whose slopes are not wanted are skipped.
template <class T, class F>
void backward(const LayerCall<T>& c, F f) {
  for (std::size_t k = 0; k < c.inputs(); ++k)
    if (T* const dx = c.d_in(k)) write_slopes(dx, c.rows() * c.cols(), c.adds(k), f(k));
}

/// Returns Σ xₖ of the numbers from i on.
template <class T>
NNRUN_INLINE Lane<T> sum_at(const LayerCall<T>& c, std::size_t i) {
  Lane<T> sum = lane_at(c.in(0) + i);
  for (std::size_t k = 1; k < c.inputs(); ++k) sum += lane_at(c.in(k) + i);
  return sum;
}

}  // namespace elementwise
