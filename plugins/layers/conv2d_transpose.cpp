#include "convolution_call.hpp"

/// conv2d turned round: each number of the input adds its filters to a window of the output. So it
/// makes the image from whose size conv2d, with the same settings, comes back to that of the input;
/// outputs are computed as the slopes of conv2d's inputs are, and slopes of inputs as its outputs.
/// Settings and sizes as in Keras; files hold channels × filters × height × width, as PyTorch's do.
struct Conv2dTranspose : nnrun::Layer {
  static constexpr auto name = "conv2d_transpose",
                        doc = "conv2d turned round: each pixel adds its filters to a larger image";
  static constexpr bool has_units = true;
  static constexpr auto operation = "conv2d_transpose";
  std::int64_t filters = 1, groups = 1;
  std::span<const double> kernel_size{}, strides = windows::one, output_padding{},
                                         dilation_rate = windows::one;
  const char* padding = "valid";
  bool bias = true;
  static constexpr auto params() {
    using Self = Conv2dTranspose;
    constexpr double most = 2147483648.;
    return nnrun::params(
        nnrun::param(&Self::filters, "filters", "channels of the output",
                     {.min = 1, .max = most, .required = true}),
        nnrun::param(&Self::kernel_size, "kernel_size",
                     "size of a filter: one number, or height and width", windows::required_sizes),
        nnrun::param(&Self::strides, "strides", "pixels from one window to the next",
                     windows::sizes),
        nnrun::param(&Self::padding, "padding",
                     "same: as many pixels as the input's times strides, where valid gives what "
                     "windows reach beyond that, too",
                     {.choices = windows::paddings}),
        nnrun::param(&Self::output_padding, "output_padding",
                     "pixels more than the least that such windows give, fewer than strides; if "
                     "missing, the size follows from padding",
                     {.min = 0, .max = windows::largest, .lone_number = true}),
        nnrun::param(&Self::dilation_rate, "dilation_rate",
                     "pixels from one weight of a filter to the next", windows::sizes),
        nnrun::param(&Self::groups, "groups",
                     "into how many parts channels and filters are cut, which see only their own",
                     {.min = 1, .max = most}),
        nnrun::param(&Self::bias, "bias", "add a number to each output channel, to be learnt"));
  }
  void check() {
    kernel_ = windows::sides_of(kernel_size, "kernel_size");
    strides_ = windows::sides_of(strides, "strides");
    dilation_ = windows::sides_of(dilation_rate, "dilation_rate");
    if (!output_padding.empty()) more_ = windows::sides_of(output_padding, "output_padding");
    convolution::require_groups(filters, groups);
    if (!output_padding.empty() && (more_.y >= strides_.y || more_.x >= strides_.x))
      throw nnrun::Error("'output_padding' must be less than 'strides'");
    kernels_ = gathered::kernels();
  }

  void plan(nnrun_plan& p) const {
    windows::require_image(p, name);
    const nnrun_shape& in = p.in[0];
    const Convolution v = sizes(in);
    if (v.y.out != in.sizes[0] || v.x.out != in.sizes[1])
      throw nnrun::Error(
          "windows of " + std::to_string(v.y.reach()) + " x " + std::to_string(v.x.reach()) +
              " with padding: same leave no room for all pixels of " + shapes::text(in),
          "", "leave out 'output_padding', or make it 1 or more");
    convolution::require_groups(name, in.sizes[2], v.groups);
    v.plan(p);
    const nnrun_block& weights = p.blocks[0];
    p.out = {3, {v.y.in, v.x.in, v.channels}};
    p.scratch = std::max(p.scratch, v.packed_slopes() + p.kept_per_row * v.images());
    p.kept_per_row = 0;
    if (!bias) return;
    p.blocks[1] = {"bias",         NNRUN_BIAS,     {1, {v.channels}}, {1},
                   p.n_parameters, weights.fan_in, weights.fan_out,   0};
    p.n_blocks = 2;
    p.n_parameters += nnrun::padded(v.channels);
  }

  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    turned(c, [&](const Convolution& v, const ConvolutionCall<T>& call) {
      call.backward_inputs(bias ? c.w() + weights(v) : nullptr);
    });
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    if (!c.d_in(0)) return;
    turned(c, [&](const Convolution&, const ConvolutionCall<T>& call) { call.forward(c.adds(0)); });
  }
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    turned(c, [&](const Convolution& v, const ConvolutionCall<T>& call) {
      call.backward_parameters();
      if (bias && c.call.tile == c.call.tiles - 1)
        convolution::sum_pixels(c.d_out(), c.rows() * v.y.in * v.x.in, v.channels,
                                c.dw() + weights(v), c.call.accumulate != 0);
    });
  }

 private:
  /// Calls f with the conv2d that this one is turned from, and its call: its inputs are our
  /// outputs, and its values slopes.
  template <class T, class F>
  void turned(const nnrun::LayerCall<T>& c, F f) const {
    const nnrun_tensor image{c.call.out.d, c.call.out.v, c.call.out.cols, 0};
    nnrun_layer_call call = c.call;
    call.in = &image;
    call.out = {c.call.in[0].d, c.call.in[0].v, c.call.in[0].cols, 0};
    const nnrun::LayerCall<T> theirs{call};
    const Convolution v = sizes(c.in_shape(0));
    f(v, ConvolutionCall<T>(v, kernels_, theirs));
  }

  static std::size_t weights(const Convolution& v) { return v.taps() * v.stride(); }
  /// Returns one side of the output, as windows of conv2d go over it.
  windows::Axis side(std::size_t in, std::size_t kernel, std::size_t stride, std::size_t dilation,
                     std::size_t more) const {
    const bool same = windows::is_same(padding);
    const std::size_t reach = (kernel - 1) * dilation + 1;
    std::size_t out = in * stride;
    if (!output_padding.empty())
      out += more + reach - stride - (same ? reach / 2 * 2 : 0);
    else if (!same && reach > stride)
      out += reach - stride;
    return {out, kernel, stride, dilation, same};
  }
  /// Returns the sizes of that conv2d: its filters are our channels.
  Convolution sizes(const nnrun_shape& in) const {
    return {side(in.sizes[0], kernel_.y, strides_.y, dilation_.y, more_.y),
            side(in.sizes[1], kernel_.x, strides_.x, dilation_.x, more_.x),
            static_cast<std::size_t>(filters),
            in.sizes[2],
            static_cast<std::size_t>(groups),
            false};
  }

  windows::Sides kernel_, strides_, dilation_, more_;
  gathered::Kernels kernels_{};
};
NNRUN_REGISTER(Conv2dTranspose)
