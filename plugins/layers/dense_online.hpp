// dense for one example. Every load and store is a whole lane: a wide load of what was just stored
// in pieces stalls, which costs more than the arithmetic.
#pragma once
#include <nnrun/plugin.hpp>

namespace dense {

using nnrun::first_lanes, nnrun::lane_at, nnrun::Lane, nnrun::lanes, nnrun::LayerCall,
    nnrun::padded, nnrun::sum_of_lanes;
using std::size_t;

/// Returns the stride from one input's weights to the next: whole lanes, but 1 for one unit.
constexpr size_t stride_of(size_t units) {
  return units == 1 ? 1 : padded(units);
}

/// W is inputs × units in memory, followed by the bias; see dense.cpp.
template <class T>
struct View {
  NNRUN_INLINE View(const LayerCall<T>& c, bool bias)
      : in(c.in_cols(0)),
        units(c.cols()),
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
  size_t in, units, stride, bias_at;
  bool add, add_inputs;
  const T *x, *w, *b, *dy;
  T *y, *dx, *dw;
};

template <class T>
NNRUN_INLINE void store(T* p, Lane<T> v, bool add) {
  lane_at(p) = add ? lane_at(p) + v : v;
}

/// Computes several lanes of units at once: an addition waits for the one before it, but not for
/// those of other lanes.
template <size_t many, class T>
NNRUN_INLINE void units_at(const View<T>& m, size_t from) {
  Lane<T> sum[many];
#pragma GCC unroll 4
  for (size_t k = 0; k < many; ++k) sum[k] = m.b ? lane_at(m.b + from + k * lanes) : Lane<T>{};
  const T* w = m.w + from;
  for (size_t i = 0; i < m.in; ++i, w += m.stride) {
    const T x = m.x[i];
#pragma GCC unroll 4
    for (size_t k = 0; k < many; ++k) sum[k] += x * lane_at(w + k * lanes);
  }
#pragma GCC unroll 4
  for (size_t k = 0; k < many; ++k) lane_at(m.y + from + k * lanes) = sum[k];
}

/// Units that fit into the lanes.
template <class T>
NNRUN_CLONES void forward_one(const LayerCall<T> c, bool bias) {
  const View<T> m(c, bias);
  if (m.units == 1) {
    Lane<T> dot{};
    size_t i = 0;
    for (; i + lanes < m.in; i += lanes) dot += lane_at(m.x + i) * lane_at(m.w + i);
    // what follows the inputs may be anything, even NaN: it is cut off before the sum
    dot += first_lanes<T>(lane_at(m.x + i) * lane_at(m.w + i), m.in - i);
    dot = sum_of_lanes<T>(dot);
    lane_at(m.y) = m.b ? dot + m.b[0] : dot;
    return;
  }
  units_at<1>(m, 0);
}

/// For more units than lanes. Separate from forward_one, which would otherwise save registers that
/// it does not need.
template <class T>
NNRUN_CLONES void forward_one_wide(const LayerCall<T> c, bool bias) {
  const View<T> m(c, bias);
  size_t u = 0;
  for (; u + 4 * lanes <= m.stride; u += 4 * lanes) units_at<4>(m, u);
  if (u + 2 * lanes <= m.stride) units_at<2>(m, u), u += 2 * lanes;
  if (u < m.stride) units_at<1>(m, u);
}

template <class T>
NNRUN_CLONES void backward_inputs_one(const LayerCall<T> c) {
  const View<T> m(c, false);
  if (m.units == 1) {  // the tail of w is zero, so that of dx is
    for (size_t i = 0; i < m.in; i += lanes)
      store(m.dx + i, m.dy[0] * lane_at(m.w + i), m.add_inputs);
    return;
  }
  for (size_t i = 0; i < m.in; ++i) {
    Lane<T> sum{};
    for (size_t u = 0; u < m.units; u += lanes)
      sum += lane_at(m.dy + u) * lane_at(m.w + i * m.stride + u);
    const T slope = sum_of_lanes<T>(sum)[0];
    m.dx[i] = m.add_inputs ? m.dx[i] + slope : slope;
  }
}

template <class T>
NNRUN_CLONES void backward_parameters_one(const LayerCall<T> c, bool bias) {
  const View<T> m(c, bias);
  if (m.units == 1) {
    for (size_t i = 0; i < m.in; i += lanes)
      store(m.dw + i, first_lanes<T>(m.dy[0] * lane_at(m.x + i), m.in - i), m.add);
  } else {
    for (size_t u = 0; u < m.units; u += lanes) {  // the tail of dy is zero
      const Lane<T> slope = lane_at(m.dy + u);
      T* row = m.dw + u;
      for (size_t i = 0; i < m.in; ++i, row += m.stride) store(row, m.x[i] * slope, m.add);
    }
  }
  if (m.b)
    for (size_t u = 0; u < m.units; u += lanes)
      store(m.dw + m.bias_at + u, first_lanes<T>(lane_at(m.dy + u), m.units - u), m.add);
}

/// W[i][u] + h moves output u by h·x[i], b[u] + h moves it by h.
template <class T>
NNRUN_CLONES void perturb_one(const LayerCall<T> c, bool bias, T h, T* out) {
  const View<T> m(c, bias);
  if (m.units == 1) {
    for (size_t i = 0; i < m.in; i += lanes)
      lane_at(out + i) = m.y[0] + first_lanes<T>(h * lane_at(m.x + i), m.in - i);
    if (m.b) lane_at(out + m.bias_at) = m.y[0] + first_lanes<T>(Lane<T>{} + h, 1);
    return;
  }
  for (size_t u = 0; u < m.stride; u += lanes) {
    const Lane<T> y = lane_at(m.y + u);
    for (size_t i = 0; i < m.in; ++i) lane_at(out + i * m.stride + u) = y + h * m.x[i];
    if (m.b) lane_at(out + m.bias_at + u) = y + h;
  }
}

/// Column k of the base row is replaced by v: y + (v − x[k]) · W[k,:].
template <class T>
NNRUN_CLONES void spread_one(const LayerCall<T> c, const T* v, size_t groups, size_t stride,
                             T* rows) {
  const View<T> m(c, false);
  if (m.units == 1 && stride % lanes == 0) {
    for (size_t k = 0; k < stride; k += lanes) {
      const Lane<T> x = lane_at(m.x + k), w = lane_at(m.w + k);
      for (size_t g = 0; g < groups * stride; g += stride)
        // columns beyond the inputs do not exist: they give exactly the base output
        lane_at(rows + g + k) =
            m.y[0] + first_lanes<T>((lane_at(v + g + k) - x) * w, k < m.in ? m.in - k : 0);
    }
    return;
  }
  for (size_t g = 0; g < groups; ++g)
    for (size_t k = 0; k < stride; ++k) {
      const bool real = k < m.in;
      const T step = real ? v[g * stride + k] - m.x[k] : T(0);
      const T* w = m.w + (real ? k : 0) * m.stride;
      T* row = rows + (g * stride + k) * m.units;
      for (size_t u = 0; u < m.units; ++u) row[u] = m.y[u] + step * w[u];
    }
}

}  // namespace dense
