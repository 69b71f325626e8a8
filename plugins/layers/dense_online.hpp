// dense for one example, by the kernels of <nnrun/affine.hpp>, and for finite differences.
#pragma once
#include <algorithm>
#include <nnrun/affine.hpp>
#include <nnrun/plugin.hpp>

namespace dense {

namespace affine = nnrun::affine;
using affine::stride_of;
using nnrun::first_lanes, nnrun::lane_at, nnrun::Lane, nnrun::lanes, nnrun::LayerCall,
    nnrun::padded;
using std::size_t;

/// Stores outputs as they come.
template <class T>
struct Store {
  T* y;
  NNRUN_INLINE void operator()(size_t u, Lane<T> z) const { lane_at(y + u) = z; }
};

/// W is inputs × units in memory, followed by the bias; see dense.cpp. What a batch needs of it. A
/// row has as many numbers as a unit sees: an example may be several.
template <class T>
struct View {
  NNRUN_INLINE View(const LayerCall<T>& c, bool bias, size_t inputs)
      : rows(c.rows() * (c.in_cols(0) / inputs)),
        in(inputs),
        units(c.shape().sizes[c.shape().rank - 1]),
        stride(stride_of(units)),
        bias_at(affine::bias_at(in, units)),
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

/// Units that fit into the lanes.
template <class T>
NNRUN_INLINE void forward_one(const LayerCall<T>& c, bool bias) {
  if (c.cols() == 1)
    lane_at(c.out()) = affine::one_unit(c, bias);
  else
    affine::units_at<1>(c, bias, lanes, 0, Store{c.out()});
}

/// For more units than lanes. Not a part of forward_one, which would otherwise save registers that
/// it does not need.
template <class T>
NNRUN_CLONES void forward_one_wide(const LayerCall<T> c, bool bias) {
  const size_t stride = padded(c.cols());
  const Store store{c.out()};
  size_t u = 0;
  for (; u + 4 * lanes <= stride; u += 4 * lanes) affine::units_at<4>(c, bias, stride, u, store);
  if (u + 2 * lanes <= stride) affine::units_at<2>(c, bias, stride, u, store), u += 2 * lanes;
  if (u < stride) affine::units_at<1>(c, bias, stride, u, store);
}

template <class T>
NNRUN_INLINE void backward_inputs_one(const LayerCall<T>& c) {
  if (c.cols() == 1) return affine::one_unit_inputs(c, c.d_out()[0]);
  const T* const dy = c.d_out();
  affine::inputs_of(c, [&](size_t u) { return lane_at(dy + u); });
}

template <class T>
NNRUN_INLINE void backward_parameters_one(const LayerCall<T>& c, bool bias) {
  const T* const dy = c.d_out();
  if (c.cols() == 1) return affine::one_unit_parameters(c, bias, lane_at(dy));
  for (size_t u = 0; u < c.cols(); u += lanes)  // the tail of dy is zero
    affine::parameters_at(c, bias, u, lane_at(dy + u));
}

/// W[i][u] + h moves output u by h·x[i], b[u] + h moves it by h.
template <class T>
NNRUN_INLINE void perturb_one(const LayerCall<T>& c, bool bias, T h, T* out) {
  const size_t in = c.in_cols(0), units = c.cols(), stride = stride_of(units);
  const T *const x = c.in(0), *const y = c.out();
  if (units == 1) {
    for (size_t i = 0; i < in; i += lanes)
      lane_at(out + i) = y[0] + first_lanes<T>(h * lane_at(x + i), in - i);
    if (bias) lane_at(out + affine::bias_at(in, 1)) = y[0] + first_lanes<T>(Lane<T>{} + h, 1);
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
