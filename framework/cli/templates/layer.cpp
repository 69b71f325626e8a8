#include <algorithm>
#include <nnrun/plugin.hpp>

/// y = g ⊙ x + b: each number has a gain g, at first 1, and a shift b. Both are learned.
///
/// The host owns the parameters: a named block for each, padded to whole lanes, so that b begins at
/// padded(n). Slopes are written, or added if another reader of the same values has written
/// already.
struct NewThing : nnrun::Layer {
  static constexpr auto name = "new_thing", doc = "a gain and a shift for every number";

  void plan(nnrun_plan& p) const {
    if (p.n_in != 1) throw nnrun::Error("new_thing takes one input");
    const std::size_t n = nnrun::size_of(p.in[0]);
    p.out = p.in[0];
    p.blocks[0] = {"gain", NNRUN_OTHER, {1, {n}}, {1}, 0, n, n, 1};
    p.blocks[1] = {"shift", NNRUN_BIAS, {1, {n}}, {1}, nnrun::padded(n), n, n, 0};
    p.n_blocks = 2;
    p.n_parameters = 2 * nnrun::padded(n);
  }

  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    const T *gain = c.w(), *shift = gain + nnrun::padded(c.cols()), *x = c.in(0);
    T* y = c.out();
    for (std::size_t row = 0; row < c.rows(); ++row, x += c.cols(), y += c.cols())
      for (std::size_t i = 0; i < c.cols(); ++i) y[i] = gain[i] * x[i] + shift[i];
  }

  /// dC/dx = g · dC/dy
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    const T *gain = c.w(), *dy = c.d_out();
    T* dx = c.d_in(0);
    if (!dx) return;  // not needed
    for (std::size_t row = 0; row < c.rows(); ++row, dx += c.cols(), dy += c.cols())
      for (std::size_t i = 0; i < c.cols(); ++i)
        dx[i] = (c.adds(0) ? dx[i] : T(0)) + gain[i] * dy[i];
  }

  /// dC/dg = Σ over the rows of x · dC/dy, dC/db = Σ of dC/dy
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    if (c.call.tile != 0) return;  // too little work to share: the first tile does it all
    const T *x = c.in(0), *dy = c.d_out();
    T *d_gain = c.dw(), *d_shift = d_gain + nnrun::padded(c.cols());
    if (!c.call.accumulate) std::fill_n(d_gain, 2 * nnrun::padded(c.cols()), T(0));
    for (std::size_t row = 0; row < c.rows(); ++row, x += c.cols(), dy += c.cols())
      for (std::size_t i = 0; i < c.cols(); ++i) {
        d_gain[i] += x[i] * dy[i];
        d_shift[i] += dy[i];
      }
  }
};
NNRUN_REGISTER(NewThing)
