#include "convolution_call.hpp"

/// Filters that see one channel each: y[i, j, c m + k] = b + Σ w[c m + k, ·, ·] · x[·, ·, c], where
/// m = depth_multiplier filters look at each channel. Settings as in Keras; files hold the weights
/// as PyTorch's Conv2d with as many groups as channels: filters × 1 × height × width.
///
/// Channels lie in lanes, and each number is one sum, in the order of conv2d's. For several filters
/// a channel, an image is copied so that each of its numbers stands beside itself m times.
struct DepthwiseConv2d : nnrun::Layer {
  static constexpr auto name = "depthwise_conv2d",
                        doc = "filters that move over an image and see one channel each";
  static constexpr bool has_units = true;
  static constexpr auto operation = "depthwise_conv2d";
  std::int64_t depth_multiplier = 1;
  std::span<const double> kernel_size{}, strides = windows::one, dilation_rate = windows::one;
  const char* padding = "valid";
  bool bias = true;
  static constexpr auto params() {
    using Self = DepthwiseConv2d;
    return nnrun::params(
        nnrun::param(&Self::kernel_size, "kernel_size",
                     "size of a filter: one number, or height and width", windows::required_sizes),
        nnrun::param(&Self::strides, "strides", "pixels from one window to the next",
                     windows::sizes),
        nnrun::param(&Self::padding, "padding",
                     "same: zeros around the image, so that strides of 1 keep its size",
                     {.choices = windows::paddings}),
        nnrun::param(&Self::depth_multiplier, "depth_multiplier", "filters for each channel",
                     {.min = 1, .max = 2147483648.}),
        nnrun::param(&Self::dilation_rate, "dilation_rate",
                     "pixels from one weight of a filter to the next", windows::sizes),
        nnrun::param(&Self::bias, "bias", "add a number to each output channel, to be learnt"));
  }
  void check() {
    kernel_ = windows::sides_of(kernel_size, "kernel_size");
    strides_ = windows::sides_of(strides, "strides");
    dilation_ = windows::sides_of(dilation_rate, "dilation_rate");
    kernels_ = gathered::kernels();
  }

  void plan(nnrun_plan& p) const {
    windows::require_image(p, name);
    require_possible(p.in[0].sizes[2]);
    const Convolution v = sizes(p.in[0]);
    windows::require_windows(p, v.y, v.x);
    v.plan(p);
    for (std::uint32_t b = 0; b < p.n_blocks; ++b) p.blocks[b].fan_out = v.taps() * multiplier();
    const size_t copy = copies(v) ? v.image() : 0;
    p.kept_per_row = copy;
    p.scratch = std::max(copy, multiplier() > 1 ? at_once * nnrun::padded(v.filters) : 0);
  }

  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    const Convolution v = sizes(c.in_shape(0));
    gathered::Product<T> m{};
    m.loops = {{1, v.y.window, v.x.window},
               {0, step(v.y.dilation * v.line()), step(v.x.dilation * v.channels)},
               {0, step(v.x.window * v.stride()), step(v.stride())}};
    m.b = c.w();
    if (bias) m.bias = c.w() + v.taps() * v.stride();
    m.columns = v.filters;
    for (size_t r = 0; r < c.rows(); ++r) {
      m.a = {seen(v, c, r), v.y.out, v.x.out, step(v.y.stride * v.line()),
             step(v.x.stride * v.channels)};
      m.c = {c.out() + r * c.cols(), v.y.out, v.x.out, step(v.x.out * v.filters), step(v.filters)};
      kernels_.by_column<T>()(m);
    }
  }

  /// Pixel by pixel, for some images at once, as conv2d does.
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    if (!c.d_in(0)) return;
    const Convolution v = sizes(c.in_shape(0));
    for (size_t r = 0; r < c.rows(); r += at_once)
      for (size_t i = 0; i < v.y.in; ++i) {
        const Seen by_rows(v.y, i);
        for (size_t j = 0; j < v.x.in; ++j)
          backward_pixel(v, c, r, i * v.x.in + j, by_rows, Seen(v.x, j));
      }
  }

  /// A tile is a range of channels; the last one has the bias too.
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    const Convolution v = sizes(c.in_shape(0));
    const size_t all = v.stride() / nnrun::lanes, tiles = c.call.tiles,
                 each = (all + tiles - 1) / tiles * nnrun::lanes,
                 from = std::min(v.filters, each * c.call.tile);
    gathered::Product<T> m{};
    m.c = {c.dw() + from, v.y.window, v.x.window, step(v.x.window * v.stride()), step(v.stride())};
    m.columns = std::min(v.filters - from, each);
    for (size_t r = 0; r < c.rows() && m.columns > 0; r += v.images()) {
      m.a = {bundle(v, c, r) + from, v.y.window, v.x.window, step(v.y.dilation * v.line()),
             step(v.x.dilation * v.channels)};
      m.loops = {{std::min(v.images(), c.rows() - r), v.y.out, v.x.out},
                 {step(v.image()), step(v.y.stride * v.line()), step(v.x.stride * v.channels)},
                 {step(c.cols()), step(v.x.out * v.filters), step(v.filters)}};
      m.b = c.d_out() + r * c.cols() + from;
      m.add = r > 0 || c.call.accumulate != 0;
      kernels_.by_column<T>()(m);
    }
    if (bias && c.call.tile == tiles - 1)
      convolution::sum_pixels(c.d_out(), c.rows() * v.pixels(), v.filters,
                              c.dw() + v.taps() * v.stride(), c.call.accumulate != 0);
  }

 private:
  using size_t = std::size_t;
  static constexpr size_t side = gathered::grid_side, at_once = side * side;
  static std::ptrdiff_t step(size_t n) { return static_cast<std::ptrdiff_t>(n); }
  size_t multiplier() const { return static_cast<size_t>(depth_multiplier); }

  /// Throws where the number of filters would not fit into 64 bits.
  void require_possible(size_t channels) const {
    if (static_cast<double>(channels) * static_cast<double>(depth_multiplier) > 0x1p40)
      throw nnrun::Error(std::to_string(depth_multiplier) + " filters for each of " +
                         std::to_string(channels) + " channels are impossible");
  }
  /// Returns the sizes of a conv2d with as many groups as channels, over images in which each
  /// channel stands once for each of its filters.
  Convolution sizes(const nnrun_shape& in) const {
    const bool same = windows::is_same(padding);
    const size_t filters = in.sizes[2] * multiplier();
    return {{in.sizes[0], kernel_.y, strides_.y, dilation_.y, same},
            {in.sizes[1], kernel_.x, strides_.x, dilation_.x, same},
            filters,
            filters,
            filters,
            bias};
  }
  bool copies(const Convolution& v) const { return multiplier() > 1 || v.pads(); }

  /// Returns an image as the filters see it.
  template <class T>
  const T* seen(const Convolution& v, const nnrun::LayerCall<T>& c, size_t row) const {
    const T* from = c.in(0) + row * c.in_cols(0);
    if (!copies(v)) return from;
    T* const all = c.kept_rows() ? c.kept_rows() + row * v.image() : c.scratch();
    if (multiplier() == 1) {
      windows::copy_between_zeros(from, v.y, v.x, v.channels, all);
      return all;
    }
    std::fill_n(all, v.image(), T(0));
    for (size_t i = 0; i < v.y.in; ++i) {
      T* to = all + (i + v.y.before) * v.line() + v.x.before * v.channels;
      for (size_t j = v.x.in * v.channels / multiplier(); j > 0; --j, ++from)
        to = std::fill_n(to, multiplier(), *from);
    }
    return all;
  }
  /// Returns some of them, which forward has made.
  template <class T>
  const T* bundle(const Convolution& v, const nnrun::LayerCall<T>& c, size_t row) const {
    return (copies(v) ? c.kept_rows() : c.in(0)) + row * v.image();
  }

  template <class T>
  void backward_pixel(const Convolution& v, const nnrun::LayerCall<T>& c, size_t row, size_t pixel,
                      const Seen& by_rows, const Seen& by_columns) const {
    const size_t channels = v.channels / multiplier(), count = std::min(at_once, c.rows() - row),
                 first =
                     (v.y.window - 1 - by_rows.tap) * v.x.window + v.x.window - 1 - by_columns.tap;
    T* const dx = c.d_in(0) + row * c.in_cols(0) + pixel * channels;
    gathered::Product<T> m{};
    const bool square = count == at_once;
    const size_t rows = square ? side : 1, columns = square ? side : count;
    m.a = {c.d_out() + row * c.cols() + (by_rows.output * v.x.out + by_columns.output) * v.filters,
           rows, columns, step(side * c.cols()), step(c.cols())};
    m.c = {dx, rows, columns, step(side * c.in_cols(0)), step(c.in_cols(0))};
    m.loops = {{1, by_rows.n, by_columns.n},
               {0, step(by_rows.output_step * v.x.out * v.filters),
                step(by_columns.output_step * v.filters)},
               {0, -step(by_rows.tap_step * v.x.window * v.stride()),
                -step(by_columns.tap_step * v.stride())}};
    m.b = c.w() + first * v.stride();
    m.columns = v.filters;
    m.add = c.adds(0);
    if (multiplier() == 1) return kernels_.by_column<T>()(m);
    const auto each = step(nnrun::padded(v.filters));
    m.c = {c.scratch(), rows, columns, step(side) * each, each};
    m.add = false;
    kernels_.by_column<T>()(m);
    for (size_t r = 0; r < count; ++r)
      fold(c.scratch() + r * nnrun::padded(v.filters), channels, c.adds(0), dx + r * c.in_cols(0));
  }
  /// Sums the slopes of the numbers that stand beside each other for one.
  template <class T>
  void fold(const T* slopes, size_t channels, bool add, T* dx) const {
    for (size_t k = 0; k < channels; ++k, slopes += multiplier()) {
      const T sum = std::accumulate(slopes, slopes + multiplier(), T(0));
      dx[k] = add ? dx[k] + sum : sum;
    }
  }

  windows::Sides kernel_, strides_, dilation_;
  gathered::Kernels kernels_{};
};
NNRUN_REGISTER(DepthwiseConv2d)
