#include <algorithm>
#include <cstring>

#include "dense_online.hpp"
#include "product.hpp"
#include "shapes.hpp"

/// y = x W + b: every unit sees every input.
///
/// In memory W is inputs × units, each row padded to whole lanes: the weights of one input are
/// contiguous, so that one example costs `inputs` broadcasts and no horizontal sum. Files hold
/// units × inputs. Batches use matrix products (product.hpp), single examples dense_online.hpp.
/// Along the last axis of an input with several, each place of the others is a row of its own.
struct Dense : nnrun::Layer {
  static constexpr auto name = "dense", doc = "every unit sees every input: y = x W + b";
  static constexpr bool has_units = true, cloned = true;
  static constexpr auto operation = "dense";
  static constexpr const char *products[] = {"ordered", "eigen"}, *axes[] = {"all", "last"};
  std::int64_t units = 1;
  bool bias = true;
  const char *product = "ordered", *axis = "all";
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Dense::units, "units", "outputs",
                     {.min = 1, .max = 2147483648., .required = true}),
        nnrun::param(&Dense::bias, "bias", "add a number to each output, to be learnt"),
        nnrun::param(&Dense::product, "product",
                     "matrix product of batches; another one gives other last bits",
                     {.choices = products}),
        nnrun::param(&Dense::axis, "axis",
                     "all: a unit sees every number of the input, as behind flatten; last: those "
                     "of the last axis, at each place of the others, as in Keras and PyTorch",
                     {.choices = axes}));
  }
  void check() {
    online_rows_ = is_last() ? 0 : 1;
    multiply_ = std::strcmp(product, "eigen") == 0 ? eigen_products() : ordered_products();
  }

  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    const std::size_t in = inputs(p.in[0]), out = static_cast<std::size_t>(units),
                      places = nnrun::size_of(p.in[0]) / in, stride = dense::stride_of(out),
                      weights = nnrun::padded(in * stride);
    p.out = is_last() ? p.in[0] : nnrun_shape{1, {}};
    p.out.sizes[p.out.rank - 1] = out;
    p.blocks[0] = {"weights", NNRUN_WEIGHTS, {2, {out, in}}, {1, stride}, 0, in, out, 0};
    p.blocks[1] = {"bias", NNRUN_BIAS, {1, {out}}, {1}, weights, in, out, 0};
    p.n_blocks = bias ? 2 : 1;
    p.n_parameters = weights + (bias ? nnrun::padded(stride) : 0);
    if (places == 1)
      p.groups = p.n_parameters / stride;
    else
      p.work_per_row = places * in * out;
    if (std::strcmp(product, "ordered") == 0) {
      p.scratch = product_scratch(std::max(in, out));
      p.free_cuts = 1;
    }
    p.forgets_outputs = 1;
    if (!is_last()) p.affine = bias ? NNRUN_AFFINE_WITH_BIAS : NNRUN_AFFINE;
  }

  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    if (c.rows() == online_rows_)
      return c.cols() > nnrun::lanes ? dense::forward_one_wide(c, bias)
                                     : dense::forward_one(c, bias);
    forward_batch(c);
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    if (!c.d_in(0)) return;
    if (c.rows() == online_rows_) return dense::backward_inputs_one(c);
    backward_inputs_batch(c);
  }
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    if (c.rows() != online_rows_) return backward_parameters_batch(c);
    if (c.call.tile == 0) dense::backward_parameters_one(c, bias);
  }
  template <class T>
  void perturb(const nnrun::LayerCall<T>& c, T h, T* out) const {
    dense::perturb_one(c, bias, h, out);
  }
  template <class T>
  void spread(const nnrun::LayerCall<T>& c, const T* v, std::size_t groups, std::size_t stride,
              T* rows) const {
    if (online_rows_ == 1) return dense::spread_one(c, v, groups, stride, rows);
    dense::spread_places(c, inputs(c.in_shape(0)), v, groups, stride, rows);
  }

 private:
  bool is_last() const { return std::strcmp(axis, "last") == 0; }
  /// Returns how many inputs a unit sees.
  std::size_t inputs(const nnrun_shape& in) const {
    return is_last() ? in.sizes[in.rank - 1] : nnrun::size_of(in);
  }

  // Not inlined: saving the registers that a batch needs would slow down single examples.
  template <class T>
  [[gnu::noinline]] void forward_batch(const nnrun::LayerCall<T> c) const {
    const dense::View<T> m(c, bias, inputs(c.in_shape(0)));
    multiply_.of<T>()(m.rows, m.units, m.in, {m.x, m.in}, {m.w, m.stride}, {m.b, 0}, m.y, m.units,
                      c.scratch());
  }
  template <class T>
  [[gnu::noinline]] void backward_inputs_batch(const nnrun::LayerCall<T> c) const {
    const dense::View<T> m(c, bias, inputs(c.in_shape(0)));
    multiply_.of<T>()(m.rows, m.in, m.units, {m.dy, m.units}, {m.w, m.stride, true},
                      {m.add_inputs ? m.dx : nullptr, m.in}, m.dx, m.in, c.scratch());
  }
  /// A tile is a range of inputs; the first one has the bias too.
  template <class T>
  [[gnu::noinline]] void backward_parameters_batch(const nnrun::LayerCall<T> c) const {
    const nnrun_layer_call& call = c.call;
    const dense::View<T> m(c, bias, inputs(c.in_shape(0)));
    const std::size_t each = (m.in + call.tiles - 1) / call.tiles,
                      from = std::min(m.in, each * call.tile), to = std::min(m.in, from + each);
    T* const dw = m.dw + from * m.stride;
    if (to > from)
      multiply_.of<T>()(to - from, m.units, m.rows, {m.x + from, m.in, true}, {m.dy, m.units},
                        {m.add ? dw : nullptr, m.stride}, dw, m.stride, c.scratch());
    if (m.b && call.tile == 0) sum_columns(m.dy, m.rows, m.units, m.dw + m.bias_at, m.add);
  }
  template <class T>
  NNRUN_CLONES static void sum_columns(const T* dy, std::size_t rows, std::size_t cols, T* db,
                                       bool add) {
    if (!add) std::fill_n(db, cols, T(0));
    if (cols < nnrun::lanes) {  // in one register; what is behind a row counts for nothing
      nnrun::Lane<T> sum = nnrun::first_lanes<T>(nnrun::lane_at(static_cast<const T*>(db)), cols);
      for (std::size_t r = 0; r < rows; ++r) sum += nnrun::lane_at(dy + r * cols);
      for (std::size_t u = 0; u < cols; ++u) db[u] = sum[u];
      return;
    }
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t u = 0; u < cols; ++u) db[u] += dy[r * cols + u];
  }
  Products multiply_{};
  std::size_t online_rows_ = 1;  ///< calls of so many rows are a single row; 0: none is
};
NNRUN_REGISTER(Dense)
