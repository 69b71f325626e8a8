#include "windows.hpp"

/// y[i, j, c] = x[i / height, j / width, c]: each pixel becomes a block of equal ones.
struct UpSampling2d : nnrun::Layer {
  using size_t = std::size_t;
  static constexpr auto name = "up_sampling2d", doc = "each pixel becomes a block of equal ones";
  static constexpr auto operation = "moves";
  std::span<const double> size = windows::two;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&UpSampling2d::size, "size",
                                      "size of a block: one number, or height and width",
                                      windows::sizes));
  }
  void check() { block_ = windows::sides_of(size, "size"); }

  void plan(nnrun_plan& p) const {
    windows::require_image(p, name);
    const size_t* const in = p.in[0].sizes;
    p.out = {3, {in[0] * block_.y, in[1] * block_.x, in[2]}};
    p.free_cuts = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    each_pixel(c, [&](size_t in, size_t out, size_t n, bool) {
      std::copy_n(c.in(0) + in, n, c.out() + out);
    });
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    T* const dx = c.d_in(0);
    if (!dx) return;
    each_pixel(c, [&](size_t in, size_t out, size_t n, bool first) {
      const bool add = !first || c.adds(0);
      for (size_t k = 0; k < n; ++k)
        dx[in + k] = add ? dx[in + k] + c.d_out()[out + k] : c.d_out()[out + k];
    });
  }

 private:
  /// Calls f(place of its input, its place, channels, whether it is the first of its block) for
  /// each pixel of the outputs.
  template <class T, class F>
  void each_pixel(const nnrun::LayerCall<T>& c, F f) const {
    const size_t *in = c.in_shape(0).sizes, *out = c.shape().sizes, n = in[2];
    for (size_t r = 0; r < c.rows(); ++r)
      for (size_t i = 0; i < out[0]; ++i)
        for (size_t j = 0; j < out[1]; ++j)
          f(((r * in[0] + i / block_.y) * in[1] + j / block_.x) * n,
            ((r * out[0] + i) * out[1] + j) * n, n, i % block_.y == 0 && j % block_.x == 0);
  }
  windows::Sides block_;
};
NNRUN_REGISTER(UpSampling2d)
