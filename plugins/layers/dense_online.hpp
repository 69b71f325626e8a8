// dense for one example. Every load and store is a whole lane: a wide load of what was just stored
// in pieces stalls, which costs more than the arithmetic.
#pragma once
#include <algorithm>
#include <nnrun/plugin.hpp>

namespace dense {

using nnrun::first_lanes, nnrun::lane_at, nnrun::Lane, nnrun::lanes, nnrun::LayerCall,
    nnrun::padded, nnrun::sum_of_lanes;
using std::size_t;

/// Returns the stride from one input's weights to the next: whole lanes, but 1 for one unit.
constexpr size_t stride_of(size_t units) {
  return units == 1 ? 1 : padded(units);
}

/// W is inputs × units in memory, followed by the bias; see dense.cpp. What a batch needs of it. A
/// row has as many numbers as a unit sees: an example may be several.
template <class T>
struct View {
  NNRUN_INLINE View(const LayerCall<T>& c, bool bias, size_t inputs)
      : rows(c.rows() * (c.in_cols(0) / inputs)),
        in(inputs),
        units(c.shape().sizes[c.shape().rank - 1]),
        stride(stride_of(units)),
        bias_at(padded(in * stride)),
        add(c.call.accumulate != 0),
        add_inputs(c.adds(0)),
        x(c.in(0)),
        w(c.w()),
        b(bias ? c.w() + bias_at : nullptr),
        dy(c.d_out()),
        y(c.out()),
        dx(c.d_in(0)),
        dw(c.dw()) {}
  size_t rows, in, units, stride, bias_at;
  bool add, add_inputs;
  const T *x, *w, *b, *dy;
  T *y, *dx, *dw;
};

template <class T>
NNRUN_INLINE void store(T* p, Lane<T> v, bool add) {
  lane_at(p) = add ? lane_at(p) + v : v;
}

/// Computes several lanes of units at once: an addition waits for the one before it, but not for
/// those of other lanes. The bias is one more row behind the weights.
template <size_t many, class T>
NNRUN_INLINE void units_at(const LayerCall<T>& c, bool bias, size_t stride, size_t from) {
  const size_t in = c.in_cols(0);
  const T *const x = c.in(0), *w = c.w() + from, *const b = w + in * stride;
  T* const y = c.out() + from;
  Lane<T> sum[many];
#pragma GCC unroll 4
  for (size_t k = 0; k < many; ++k) sum[k] = bias ? lane_at(b + k * lanes) : Lane<T>{};
  for (size_t i = 0; i < in; ++i, w += stride) {
    const T x_i = x[i];
#pragma GCC unroll 4
    for (size_t k = 0; k < many; ++k) sum[k] += x_i * lane_at(w + k * lanes);
  }
#pragma GCC unroll 4
  for (size_t k = 0; k < many; ++k) lane_at(y + k * lanes) = sum[k];
}

/// Returns where the bias of one unit is: its weights lie side by side.
template <class T>
NNRUN_INLINE size_t bias_of_one_unit(const LayerCall<T>& c) {
  return padded(c.in_cols(0));
}

/// Units that fit into the lanes.
template <class T>
NNRUN_INLINE void forward_one(const LayerCall<T>& c, bool bias) {
  if (c.cols() != 1) return units_at<1>(c, bias, lanes, 0);
  const size_t in = c.in_cols(0);
  const T *const x = c.in(0), *const w = c.w();
  Lane<T> dot{};
  size_t i = 0;
  for (; i + lanes < in; i += lanes) dot += lane_at(x + i) * lane_at(w + i);
  // what follows the inputs may be anything, even NaN: it is cut off before the sum
  dot += first_lanes<T>(lane_at(x + i) * lane_at(w + i), in - i);
  dot = sum_of_lanes<T>(dot);
  lane_at(c.out()) = bias ? dot + w[bias_of_one_unit(c)] : dot;
}

/// For more units than lanes. Not a part of forward_one, which would otherwise save registers that
/// it does not need.
template <class T>
NNRUN_CLONES void forward_one_wide(const LayerCall<T> c, bool bias) {
  const size_t stride = padded(c.cols());
  size_t u = 0;
  for (; u + 4 * lanes <= stride; u += 4 * lanes) units_at<4>(c, bias, stride, u);
  if (u + 2 * lanes <= stride) units_at<2>(c, bias, stride, u), u += 2 * lanes;
  if (u < stride) units_at<1>(c, bias, stride, u);
}

template <class T>
NNRUN_INLINE void backward_inputs_one(const LayerCall<T>& c) {
  const size_t in = c.in_cols(0), units = c.cols(), stride = stride_of(units);
  const bool add = c.adds(0);
  const T *w = c.w(), *const dy = c.d_out();
  T* const dx = c.d_in(0);
  if (units == 1) {  // the tail of w is zero, so that of dx is
    for (size_t i = 0; i < in; i += lanes) store(dx + i, dy[0] * lane_at(w + i), add);
    return;
  }
  for (size_t i = 0; i < in; ++i, w += stride) {
    Lane<T> sum{};
    for (size_t u = 0; u < units; u += lanes) sum += lane_at(dy + u) * lane_at(w + u);
    const T slope = sum_of_lanes<T>(sum)[0];
    dx[i] = add ? dx[i] + slope : slope;
  }
}

template <class T>
NNRUN_INLINE void backward_parameters_one(const LayerCall<T>& c, bool bias) {
  const size_t in = c.in_cols(0), units = c.cols(), stride = stride_of(units);
  const bool add = c.call.accumulate != 0;
  const T *const x = c.in(0), *const dy = c.d_out();
  T* const dw = c.dw();
  if (units == 1) {
    for (size_t i = 0; i < in; i += lanes)
      store(dw + i, first_lanes<T>(dy[0] * lane_at(x + i), in - i), add);
    if (bias) store(dw + bias_of_one_unit(c), first_lanes<T>(lane_at(dy), 1), add);
    return;
  }
  for (size_t u = 0; u < units; u += lanes) {  // the tail of dy is zero
    const Lane<T> slope = lane_at(dy + u);
    T* row = dw + u;
    for (size_t i = 0; i < in; ++i, row += stride) store(row, x[i] * slope, add);
    if (bias) store(row, slope, add);
  }
}

/// W[i][u] + h moves output u by h·x[i], b[u] + h moves it by h.
template <class T>
NNRUN_INLINE void perturb_one(const LayerCall<T>& c, bool bias, T h, T* out) {
  const size_t in = c.in_cols(0), units = c.cols(), stride = stride_of(units);
  const T *const x = c.in(0), *const y = c.out();
  if (units == 1) {
    for (size_t i = 0; i < in; i += lanes)
      lane_at(out + i) = y[0] + first_lanes<T>(h * lane_at(x + i), in - i);
    if (bias) lane_at(out + bias_of_one_unit(c)) = y[0] + first_lanes<T>(Lane<T>{} + h, 1);
    return;
  }
  for (size_t u = 0; u < stride; u += lanes) {
    const Lane<T> base = lane_at(y + u);
    T* row = out + u;
    for (size_t i = 0; i < in; ++i, row += stride) lane_at(row) = base + h * x[i];
    if (bias) lane_at(row) = base + h;
  }
}

/// Column k of the base row is replaced by v: y + (v − x[k]) · W[k,:].
template <class T>
NNRUN_INLINE void spread_one(const LayerCall<T>& c, const T* v, size_t groups, size_t stride,
                             T* rows) {
  const size_t in = c.in_cols(0), units = c.cols();
  const T *const x = c.in(0), *const w = c.w(), *const y = c.out();
  if (units == 1 && stride % lanes == 0) {
    for (size_t k = 0; k < stride; k += lanes) {
      const Lane<T> x_k = lane_at(x + k), w_k = lane_at(w + k);
      for (size_t g = 0; g < groups * stride; g += stride)
        // columns beyond the inputs do not exist: they give exactly the base output
        lane_at(rows + g + k) =
            y[0] + first_lanes<T>((lane_at(v + g + k) - x_k) * w_k, k < in ? in - k : 0);
    }
    return;
  }
  for (size_t g = 0; g < groups; ++g)
    for (size_t k = 0; k < stride; ++k) {
      const bool real = k < in;
      const T step = real ? v[g * stride + k] - x[k] : T(0);
      const T* row_of_w = w + (real ? k : 0) * stride_of(units);
      T* row = rows + (g * stride + k) * units;
      for (size_t u = 0; u < units; ++u) row[u] = y[u] + step * row_of_w[u];
    }
}

/// The same where units see `in` inputs, at each place by itself: column k moves only the outputs
/// of its place.
template <class T>
NNRUN_INLINE void spread_places(const LayerCall<T>& c, size_t in, const T* v, size_t groups,
                                size_t stride, T* rows) {
  const size_t units = c.shape().sizes[c.shape().rank - 1];
  for (size_t g = 0; g < groups; ++g)
    for (size_t k = 0; k < stride; ++k, ++v, rows += c.cols()) {
      std::copy_n(c.out(), c.cols(), rows);
      if (k >= c.in_cols(0)) continue;  // a column that does not exist
      const T step = *v - c.in(0)[k];
      const T* const w = c.w() + k % in * stride_of(units);
      T* const moved = rows + k / in * units;
      for (size_t u = 0; u < units; ++u) moved[u] += step * w[u];
    }
}

}  // namespace dense
