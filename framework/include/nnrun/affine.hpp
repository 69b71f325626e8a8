// One example through z = x W + b: what `dense` does, and what an activation does together with its
// own part in one call (nnrun_plan.affine). Every load and store is a whole lane: a wide load of
// what was just stored in pieces stalls, which costs more than the arithmetic.
#pragma once
#include <nnrun/kinds/layer.hpp>

namespace nnrun::affine {

/// Returns the stride from one input's weights to the next: whole lanes, but 1 for one unit.
constexpr std::size_t stride_of(std::size_t units) {
  return units == 1 ? 1 : padded(units);
}
/// Returns where the bias begins, in numbers behind the weights' first.
constexpr std::size_t bias_at(std::size_t inputs, std::size_t units) {
  return padded(inputs * stride_of(units));
}

/// Stores v at p, or adds it to what is there.
template <class T>
NNRUN_INLINE void store(T* p, Lane<T> v, bool add) {
  lane_at(p) = add ? lane_at(p) + v : v;
}

/// Calls take(u, z) for the units from `from` on, `many` lanes of them at once: an addition waits
/// for the one before it, but not for those of other lanes. The bias is one more row behind the
/// weights.
template <std::size_t many, class T, class Take>
NNRUN_INLINE void units_at(const LayerCall<T>& c, bool bias, std::size_t stride, std::size_t from,
                           Take take) {
  const std::size_t in = c.in_cols(0);
  const T *const x = c.in(0), *w = c.w() + from, *const b = w + in * stride;
  Lane<T> sum[many];
#pragma GCC unroll 4
  for (std::size_t k = 0; k < many; ++k) sum[k] = bias ? lane_at(b + k * lanes) : Lane<T>{};
  for (std::size_t i = 0; i < in; ++i, w += stride) {
    const T x_i = x[i];
#pragma GCC unroll 4
    for (std::size_t k = 0; k < many; ++k) sum[k] += x_i * lane_at(w + k * lanes);
  }
#pragma GCC unroll 4
  for (std::size_t k = 0; k < many; ++k) take(from + k * lanes, sum[k]);
}
/// Returns the output of a layer of one unit, whose weights lie side by side, in every lane.
template <class T>
NNRUN_INLINE Lane<T> one_unit(const LayerCall<T>& c, bool bias) {
  const std::size_t in = c.in_cols(0);
  const T *const x = c.in(0), *const w = c.w();
  Lane<T> dot{};
  std::size_t i = 0;
  for (; i + lanes < in; i += lanes) dot += lane_at(x + i) * lane_at(w + i);
  // what follows the inputs may be anything, even NaN: it is cut off before the sum
  dot += first_lanes<T>(lane_at(x + i) * lane_at(w + i), in - i);
  dot = sum_of_lanes<T>(dot);
  return bias ? dot + w[bias_at(in, 1)] : dot;
}

/// Writes the slope of weights and bias of a layer of one unit. slope: dz, in the first lane.
template <class T>
NNRUN_INLINE void one_unit_parameters(const LayerCall<T>& c, bool bias, Lane<T> slope) {
  const std::size_t in = c.in_cols(0);
  const bool add = c.call.accumulate != 0;
  const T *const x = c.in(0), dz = slope[0];
  T* const dw = c.dw();
  for (std::size_t i = 0; i < in; i += lanes)
    store(dw + i, first_lanes<T>(dz * lane_at(x + i), in - i), add);
  if (bias) store(dw + bias_at(in, 1), first_lanes<T>(slope, 1), add);
}
template <class T>
NNRUN_INLINE void one_unit_inputs(const LayerCall<T>& c, T dz) {
  const T* const w = c.w();
  const bool add = c.adds(0);
  T* const dx = c.d_in(0);
  // the tail of w is zero, so that of dx is
  for (std::size_t i = 0; i < c.in_cols(0); i += lanes) store(dx + i, dz * lane_at(w + i), add);
}
/// Writes the slopes of the weights and biases of the units from u on. slope: dz of theirs, whose
/// tail is zero.
template <class T>
NNRUN_INLINE void parameters_at(const LayerCall<T>& c, bool bias, std::size_t u, Lane<T> slope) {
  const std::size_t in = c.in_cols(0), stride = padded(c.cols());
  const bool add = c.call.accumulate != 0;
  const T* const x = c.in(0);
  T* row = c.dw() + u;
  for (std::size_t i = 0; i < in; ++i, row += stride) store(row, x[i] * slope, add);
  if (bias) store(row, slope, add);
}
/// Writes the slopes of the inputs of several units. slope_at(u): dz of those from u on.
template <class T, class SlopeAt>
NNRUN_INLINE void inputs_of(const LayerCall<T>& c, SlopeAt slope_at) {
  const std::size_t in = c.in_cols(0), stride = padded(c.cols());
  const bool add = c.adds(0);
  const T* w = c.w();
  T* const dx = c.d_in(0);
  for (std::size_t i = 0; i < in; ++i, w += stride) {
    Lane<T> sum{};
    for (std::size_t u = 0; u < stride; u += lanes) sum += slope_at(u) * lane_at(w + u);
    const T slope = sum_of_lanes<T>(sum)[0];
    dx[i] = add ? dx[i] + slope : slope;
  }
}

/// Calls take(u, z) with the outputs, a lane at a time.
template <class T, class Take>
NNRUN_INLINE void forward(const LayerCall<T>& c, bool bias, Take take) {
  if (c.cols() == 1) return take(0, one_unit(c, bias));
  const std::size_t stride = padded(c.cols());
  for (std::size_t u = 0; u < stride; u += lanes) units_at<1>(c, bias, stride, u, take);
}
/// Writes the slopes of parameters, and of inputs if they are wanted. slope_at(u): dz of the units
/// from u on, which it also stores in d_out(); called once for each.
template <class T, class SlopeAt>
NNRUN_INLINE void backward(const LayerCall<T>& c, bool bias, SlopeAt slope_at) {
  const std::size_t stride = padded(c.cols());
  Lane<T> slope;
  for (std::size_t u = 0; u < stride; u += lanes) {
    slope = slope_at(u);
    if (c.cols() == 1) {
      one_unit_parameters(c, bias, slope);
      if (c.d_in(0)) one_unit_inputs(c, slope[0]);
      return;
    }
    parameters_at(c, bias, u, slope);
  }
  if (!c.d_in(0)) return;
  if (stride == lanes) return inputs_of(c, [&](std::size_t) { return slope; });
  inputs_of(c, [&](std::size_t u) { return lane_at(c.d_out() + u); });
}

}  // namespace nnrun::affine
