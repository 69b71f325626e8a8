#include "per_column.hpp"

/// y = w x + b with a w and a b for every number of the input, which start as 1 and 0. Jia et al.
/// 2014, *Caffe*, its layer Scale.
struct Scale : nnrun::Layer {
  static constexpr auto name = "scale", doc = "every number times a learnt factor, plus a bias";
  bool bias = true;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Scale::bias, "bias", "add a number, to be learnt"));
  }
  void plan(nnrun_plan& p) const {
    per_column::plan(p, name);
    per_column::add_block(p, "weights", 1);
    if (bias) per_column::add_block(p, "bias", 0);
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    const T *const x = c.in(0), *const w = c.w(), *const b = bias_of(c, w);
    if (b)
      per_column::write(
          c.out(), c.rows(),
          c.cols(), [=](std::size_t i, std::size_t k) __attribute__((always_inline)) {
            return w[k] * x[i] + b[k];
          });
    else
      per_column::write(
          c.out(), c.rows(),
          c.cols(), [=](std::size_t i, std::size_t k) __attribute__((always_inline)) {
            return w[k] * x[i];
          });
  }
  auto row(auto in, auto w) const { return bias ? w[0] * in[0] + w[1] : w[0] * in[0]; }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    per_column::write_slopes(
        c.d_in(0), c.rows(), c.cols(), c.adds(0),
        [ w = c.w(), dy = c.d_out() ](std::size_t i, std::size_t k)
            __attribute__((always_inline)) { return w[k] * dy[i]; });
  }
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    if (c.call.tile != 0) return;
    const bool add = c.call.accumulate != 0;
    per_column::write_sums(
        c.dw(), c.rows(), c.cols(), add,
        [ x = c.in(0), dy = c.d_out() ](std::size_t i)
            __attribute__((always_inline)) { return dy[i] * x[i]; });
    if (T* const db = bias_of(c, c.dw()))
      per_column::write_sums(
          db, c.rows(), c.cols(),
          add, [dy = c.d_out()](std::size_t i) __attribute__((always_inline)) { return dy[i]; });
  }
  template <class T>
  void perturb(const nnrun::LayerCall<T>& c, T h, T* out) const {
    per_column::write_moved(
        static_cast<const T*>(c.out()), out, c.cols(),
        [ h, x = c.in(0) ](std::size_t k) __attribute__((always_inline)) { return h * x[k]; });
    if (T* const moved = bias_of(c, out))
      per_column::write_moved(
          static_cast<const T*>(c.out()), moved,
          c.cols(), [h](std::size_t) __attribute__((always_inline)) { return h; });
  }

 private:
  /// Returns the bias in a vector of parameters; nullptr without a bias.
  template <class T, class P>
  P* bias_of(const nnrun::LayerCall<T>& c, P* parameters) const {
    return bias ? parameters + nnrun::padded(c.cols()) : nullptr;
  }
};
NNRUN_REGISTER(Scale)
