#include "windows.hpp"

/// Zeros around an image.
struct ZeroPadding2d : nnrun::Layer {
  using size_t = std::size_t;
  static constexpr auto name = "zero_padding2d", doc = "zeros around an image";
  static constexpr auto operation = "moves";
  std::span<const double> padding = windows::one;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(
        &ZeroPadding2d::padding, "padding",
        "rows and columns of zeros on each side: one number, [height, width] or [top, bottom, "
        "left, right]",
        {.min = 0, .max = windows::largest, .lone_number = true}));
  }
  void check() {
    if (padding.size() == 4) {
      const windows::Sides y = windows::sides_of(padding.first(2), "padding"),
                           x = windows::sides_of(padding.last(2), "padding");
      top_ = y.y, bottom_ = y.x, left_ = x.y, right_ = x.x;
      return;
    }
    if (padding.size() != 1 && padding.size() != 2)
      throw nnrun::Error(
          "'padding' takes one number, [height, width] or [top, bottom, left, right]");
    const windows::Sides both = windows::sides_of(padding, "padding");
    top_ = bottom_ = both.y, left_ = right_ = both.x;
  }

  void plan(nnrun_plan& p) const {
    windows::require_image(p, name);
    const size_t* const in = p.in[0].sizes;
    p.out = {3, {top_ + in[0] + bottom_, left_ + in[1] + right_, in[2]}};
    p.free_cuts = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    std::fill_n(c.out(), c.rows() * c.cols(), T(0));
    each_line(
        c, [&](size_t in, size_t out, size_t n) { std::copy_n(c.in(0) + in, n, c.out() + out); });
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    T* const dx = c.d_in(0);
    if (!dx) return;
    each_line(c, [&](size_t in, size_t out, size_t n) {
      for (size_t k = 0; k < n; ++k)
        dx[in + k] = c.adds(0) ? dx[in + k] + c.d_out()[out + k] : c.d_out()[out + k];
    });
  }

 private:
  /// Calls f(its place in the inputs, in the outputs, numbers) for each line of each image.
  template <class T, class F>
  void each_line(const nnrun::LayerCall<T>& c, F f) const {
    const size_t *in = c.in_shape(0).sizes, *out = c.shape().sizes, n = in[1] * in[2];
    for (size_t r = 0; r < c.rows(); ++r)
      for (size_t i = 0; i < in[0]; ++i)
        f((r * in[0] + i) * n, ((r * out[0] + top_ + i) * out[1] + left_) * out[2], n);
  }
  size_t top_ = 0, bottom_ = 0, left_ = 0, right_ = 0;
};
NNRUN_REGISTER(ZeroPadding2d)
