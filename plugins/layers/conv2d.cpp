#include "convolution_call.hpp"

/// Filters that move over an image of height × width × channels (convolution.hpp has the formula).
/// Settings as in Keras; files hold the weights as PyTorch does.
struct Conv2d : ConvolutionLayer<Conv2d> {
  static constexpr auto name = "conv2d", doc = "filters that move over height x width x channels";
  static constexpr bool has_units = true;
  static constexpr auto operation = "conv2d";
  std::int64_t filters = 1, groups = 1;
  std::span<const double> kernel_size{}, strides = windows::one, dilation_rate = windows::one;
  const char* padding = "valid";
  bool bias = true;
  static constexpr auto params() {
    constexpr double most = 2147483648.;
    return nnrun::params(
        nnrun::param(&Conv2d::filters, "filters", "channels of the output",
                     {.min = 1, .max = most, .required = true}),
        nnrun::param(&Conv2d::kernel_size, "kernel_size",
                     "size of a filter: one number, or height and width", windows::required_sizes),
        nnrun::param(&Conv2d::strides, "strides", "pixels from one window to the next",
                     windows::sizes),
        nnrun::param(&Conv2d::padding, "padding",
                     "same: zeros around the image, so that strides of 1 keep its size",
                     {.choices = windows::paddings}),
        nnrun::param(&Conv2d::dilation_rate, "dilation_rate",
                     "pixels from one weight of a filter to the next", windows::sizes),
        nnrun::param(&Conv2d::groups, "groups",
                     "into how many parts channels and filters are cut, which see only their own",
                     {.min = 1, .max = most}),
        nnrun::param(&Conv2d::bias, "bias", "add a number to each output channel, to be learnt"));
  }
  void check() {
    kernel_ = windows::sides_of(kernel_size, "kernel_size");
    strides_ = windows::sides_of(strides, "strides");
    dilation_ = windows::sides_of(dilation_rate, "dilation_rate");
    convolution::require_groups(filters, groups);
    kernels_ = gathered::kernels();
  }

  void plan(nnrun_plan& p) const {
    windows::require_image(p, name);
    const Convolution v = sizes(p.in[0]);
    windows::require_windows(p, v.y, v.x);
    convolution::require_groups(name, v.channels, v.groups);
    v.plan(p);
  }

  Convolution sizes(const nnrun_shape& in) const {
    const bool same = windows::is_same(padding);
    return {{in.sizes[0], kernel_.y, strides_.y, dilation_.y, same},
            {in.sizes[1], kernel_.x, strides_.x, dilation_.x, same},
            in.sizes[2],
            static_cast<std::size_t>(filters),
            static_cast<std::size_t>(groups),
            bias};
  }

 private:
  windows::Sides kernel_, strides_, dilation_;
};
NNRUN_REGISTER(Conv2d)
