#include "convolution_call.hpp"

/// Filters that move along a sequence of steps × channels: conv2d over an image of one row.
/// Settings as in Keras; files hold filters × channels × steps, as PyTorch's do.
struct Conv1d : ConvolutionLayer<Conv1d> {
  static constexpr auto name = "conv1d", doc = "filters that move along steps x channels";
  static constexpr bool has_units = true;
  static constexpr auto operation = "conv1d";
  static constexpr const char* paddings[] = {"valid", "same", "causal"};
  std::int64_t filters = 1, kernel_size = 1, strides = 1, dilation_rate = 1, groups = 1;
  const char* padding = "valid";
  bool bias = true;
  static constexpr auto params() {
    constexpr double most = 2147483648., largest = windows::largest;
    return nnrun::params(
        nnrun::param(&Conv1d::filters, "filters", "channels of the output",
                     {.min = 1, .max = most, .required = true}),
        nnrun::param(&Conv1d::kernel_size, "kernel_size", "steps that a filter sees",
                     {.min = 1, .max = largest, .required = true}),
        nnrun::param(&Conv1d::strides, "strides", "steps from one window to the next",
                     {.min = 1, .max = largest}),
        nnrun::param(&Conv1d::padding, "padding",
                     "same: zeros on both sides, so that strides of 1 keep the length; causal: "
                     "zeros before the first step only, so that no output sees a later step",
                     {.choices = paddings}),
        nnrun::param(&Conv1d::dilation_rate, "dilation_rate",
                     "steps from one weight of a filter to the next", {.min = 1, .max = largest}),
        nnrun::param(&Conv1d::groups, "groups",
                     "into how many parts channels and filters are cut, which see only their own",
                     {.min = 1, .max = most}),
        nnrun::param(&Conv1d::bias, "bias", "add a number to each output channel, to be learnt"));
  }
  void check() {
    convolution::require_groups(filters, groups);
    kernels_ = gathered::kernels();
  }

  void plan(nnrun_plan& p) const {
    windows::require_sequence(p, name);
    const Convolution v = sizes(p.in[0]);
    windows::require_windows(p, v.x);
    convolution::require_groups(name, v.channels, v.groups);
    v.plan(p);
    p.out = {2, {v.x.out, v.filters}};
    nnrun_block& weights = p.blocks[0];
    weights.shape = {3, {v.filters, v.group_channels(), v.x.window}};
    weights.strides[2] = v.group_channels() * v.stride();
  }

  Convolution sizes(const nnrun_shape& in) const {
    const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
    const bool causal = std::strcmp(padding, "causal") == 0,
               same = causal || windows::is_same(padding);
    Convolution v{{1, 1, 1, 1, false},
                  {in.sizes[0], size(kernel_size), size(strides), size(dilation_rate), same},
                  in.sizes[1],
                  size(filters),
                  size(groups),
                  bias};
    if (causal) v.x.look_back();
    return v;
  }
};
NNRUN_REGISTER(Conv1d)
