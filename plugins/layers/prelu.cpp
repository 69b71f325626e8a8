#include "per_column.hpp"

/// x above 0, w x below, with a w for every number of the input. He et al. 2015, *Delving Deep into
/// Rectifiers*, equation 1; w starts as 0.25, as there.
struct Prelu : nnrun::Layer {
  static constexpr auto name = "prelu", doc = "x above 0, a learnt slope times x below";
  double initial = 0.25;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Prelu::initial, "initial", "the slope to start with"));
  }
  void plan(nnrun_plan& p) const {
    per_column::plan(p, name);
    per_column::add_block(p, "slope", initial);
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    per_column::write(
        c.out(), c.rows(), c.cols(),
        [ x = c.in(0), w = c.w() ](std::size_t i, std::size_t k)
            __attribute__((always_inline)) { return x[i] > 0 ? x[i] : w[k] * x[i]; });
  }
  auto row(auto in, auto w) const { return in[0] > 0 ? in[0] : w[0] * in[0]; }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    per_column::write_slopes(
        c.d_in(0), c.rows(), c.cols(), c.adds(0),
        [ x = c.in(0), w = c.w(), dy = c.d_out() ](std::size_t i, std::size_t k)
            __attribute__((always_inline)) { return x[i] > 0 ? dy[i] : w[k] * dy[i]; });
  }
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    if (c.call.tile != 0) return;
    per_column::write_sums(
        c.dw(), c.rows(), c.cols(), c.call.accumulate != 0,
        [ x = c.in(0), dy = c.d_out() ](std::size_t i)
            __attribute__((always_inline)) { return x[i] > 0 ? T(0) : dy[i] * x[i]; });
  }
  template <class T>
  void perturb(const nnrun::LayerCall<T>& c, T h, T* out) const {
    per_column::write_moved(
        static_cast<const T*>(c.out()), out, c.cols(),
        [ h, x = c.in(0) ](std::size_t k)
            __attribute__((always_inline)) { return x[k] > 0 ? T(0) : h * x[k]; });
  }
};
NNRUN_REGISTER(Prelu)
