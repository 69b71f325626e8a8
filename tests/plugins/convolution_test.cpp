// The numbers of convolutions, against plain loops that say in which order they are added, and
// against published ones.
#include <numeric>

#include "plugins/plain_sums.hpp"
namespace nnrun::testing {
namespace {

/// What a convolution is told, in the words of its settings.
struct Told {
  std::size_t rows, height, width, channels, filters;
  std::size_t kernel_y, kernel_x, stride_y, stride_x, dilation_y, dilation_x, groups;
  bool same, bias;

  Settings settings() const {
    return {{"filters", whole_number(filters)},
            {"kernel_size", sides(kernel_y, kernel_x)},
            {"strides", sides(stride_y, stride_x)},
            {"padding", std::string(same ? "same" : "valid")},
            {"dilation_rate", sides(dilation_y, dilation_x)},
            {"groups", whole_number(groups)},
            {"bias", bias}};
  }
  nnrun_shape in() const { return {3, {height, width, channels}}; }
  Side y() const { return {height, kernel_y, stride_y, dilation_y, same}; }
  Side x() const { return {width, kernel_x, stride_x, dilation_x, same}; }
  std::size_t pixels() const { return y().out * x().out; }
  /// Images whose slopes of weights are summed at once.
  std::size_t images() const { return std::max<std::size_t>(1, 256 / pixels()); }

  std::size_t input(std::size_t r, std::size_t i, std::size_t j, std::size_t channel) const {
    return ((r * height + i) * width + j) * channels + channel;
  }
  /// The products of some images, in the order of output rows and columns, and for each pixel of
  /// filters, tap rows, tap columns and channels.
  template <class T, class F>
  void each(const ImageLayer<T>& c, std::size_t from, std::size_t to, F f) const {
    const std::size_t part = channels / groups, per_group = filters / groups;
    const Side rows_of = y(), columns_of = x();
    std::size_t output = from * pixels() * filters;
    for (std::size_t r = from; r < to; ++r)
      for (std::size_t i = 0; i < rows_of.out; ++i)
        for (std::size_t j = 0; j < columns_of.out; ++j)
          for (std::size_t o = 0; o < filters; ++o, ++output)
            rows_of.each(i, [&](std::size_t k, std::size_t row) {
              columns_of.each(j, [&](std::size_t l, std::size_t column) {
                for (std::size_t p = 0; p < part; ++p)
                  f(input(r, row, column, o / per_group * part + p), output, c.at(0, {o, p, k, l}));
              });
            });
  }
};

/// Settings on both sides of every border: of lanes, panels, addresses at once, of images at once.
Told drawn(std::mt19937& random, int trial) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  Told t{};
  t.rows = 1 + below(trial % 4 == 0 ? 20 : 4);
  t.groups = trial % 3 == 0 ? 1 + below(3) : 1;
  t.channels = t.groups * (1 + below(trial % 5 == 0 ? 20 : 5));
  t.filters = t.groups * (1 + below(trial % 2 == 0 ? 36 : 9));
  t.kernel_y = 1 + below(4), t.kernel_x = 1 + below(4);
  if (trial % 10 == 9) {  // many taps that meet pixels far apart
    t.rows = 1 + below(3);
    t.channels = t.groups * (100 + below(30)), t.filters = t.groups * (130 + below(20));
    t.kernel_y = 3, t.kernel_x = 3 + below(2);
  }
  t.stride_y = 1 + below(3), t.stride_x = 1 + below(3);
  t.dilation_y = trial % 4 == 1 ? 1 + below(3) : 1,
  t.dilation_x = trial % 4 == 1 ? 1 + below(3) : 1;
  t.same = below(2) == 0, t.bias = below(2) == 0;
  t.height = t.dilation_y * (t.kernel_y - 1) + 1 + below(6);
  t.width = t.dilation_x * (t.kernel_x - 1) + 1 + below(6);
  if (t.same) t.height = 1 + below(9), t.width = 1 + below(9);
  return t;
}

template <class T>
void check_order() {
  std::mt19937 random(1);
  for (int trial = 0; trial < 60; ++trial) {
    const Told t = drawn(random, trial);
    CAPTURE(trial, t.rows, t.height, t.width, t.channels, t.filters, t.kernel_y, t.kernel_x,
            t.stride_y, t.stride_x, t.dilation_y, t.dilation_x, t.groups, t.same, t.bias);
    ImageLayer<T> c("conv2d", t.settings(), t.in(), t.rows);
    REQUIRE(c.out_cols() == t.pixels() * t.filters);
    check_sums(c, t, t.filters, t.bias, t.images());
  }
}

/// A convolution of ones over 0, 1, 2, …, as the examples of ONNX have it.
Numbers of_ones(std::size_t height, std::size_t width, const Settings& more) {
  Settings settings{
      {"filters", std::int64_t{1}}, {"kernel_size", std::vector<double>{3}}, {"bias", false}};
  settings.insert(settings.end(), more.begin(), more.end());
  ImageLayer<double> c("conv2d", settings, {3, {height, width, 1}}, 1);
  std::iota(c.x.data(), c.x.data() + c.x.size(), 0.);
  host::for_each_element(c.plan.blocks[0], 0,
                         [&](std::size_t at, std::size_t) { c.w.data()[at] = 1; });
  c.forward();
  return all_of(c.y);
}

}  // namespace

TEST_CASE("every number of conv2d is one sum in the order of what it adds", "[plugins][layer]") {
  check_order<float>();
  check_order<double>();
}

TEST_CASE("no bit of conv2d depends on how rows and tiles are cut", "[plugins][layer]") {
  std::mt19937 random(2);
  for (int trial = 0; trial < 40; ++trial) {
    Told t = drawn(random, trial);
    t.rows = 2 + random() % 20;
    const std::size_t first = 1 + random() % (t.rows - 1);
    CAPTURE(trial, t.rows, first);
    ImageLayer<float> c("conv2d", t.settings(), t.in(), t.rows);
    check_cuts(c, first, static_cast<std::uint32_t>(2 + random() % 6));
  }
}

TEST_CASE("an infinite number reaches what is worked out of it, and nothing else",
          "[plugins][layer]") {
  // few filters and channels: neighbouring pixels are worked out together
  for (const auto& [channels, filters] : {std::pair{1u, 6u}, {6u, 4u}, {3u, 16u}, {16u, 16u}}) {
    const Told t{9, 8, 8, channels, filters, 3, 3, 1, 1, 1, 1, 1, true, true};
    for (const float bad : {std::numeric_limits<float>::infinity(), std::nanf("")}) {
      ImageLayer<float> c("conv2d", t.settings(), t.in(), t.rows);
      const std::size_t input = t.input(5, 3, 3, 0), output = ((5 * 8 + 3) * 8 + 3) * filters;
      c.x.data()[input] = c.dy.data()[output] = bad;
      c.forward();
      c.backward_inputs(false);
      const auto is_near = [](std::size_t pixel) {  // to pixel 3, 3 of image 5
        const std::size_t r = pixel / 64, i = pixel / 8 % 8, j = pixel % 8;
        return r == 5 && i >= 2 && i <= 4 && j >= 2 && j <= 4;
      };
      for (std::size_t k = 0; k < c.y.size(); ++k)
        CHECK(std::isfinite(c.y.data()[k]) != is_near(k / filters));
      for (std::size_t k = 0; k < c.dx.size(); ++k)
        CHECK(std::isfinite(c.dx.data()[k]) != is_near(k / channels));
    }
  }
}

TEST_CASE("slopes of weights over an image larger than a cache are whole", "[plugins][layer]") {
  const Told t{2, 120, 100, 2, 8, 3, 3, 1, 1, 1, 1, 1, true, true};
  ImageLayer<double> c("conv2d", t.settings(), t.in(), t.rows);
  c.forward();
  const Numbers expected = PlainSums<double, Told>{c, t, 8, true}.weight_slopes(false, 2);
  c.backward_parameters(false);
  for (std::size_t i = 0; i < c.plan.blocks[1].offset; ++i)  // some 24,000 products each
    CHECK(c.dw.data()[i] == Approx(expected[i]).epsilon(1e-10).margin(1e-10));
}

TEST_CASE("conv2d gives the numbers of ONNX's examples of Conv", "[plugins][layer]") {
  const std::string same = "same";
  const std::vector<double> two{2};
  CHECK(of_ones(5, 5, {{"padding", same}}) == Numbers{12,  21,  27, 33,  24,  33,  54, 63,  72,
                                                      51,  63,  99, 108, 117, 81,  93, 144, 153,
                                                      162, 111, 72, 111, 117, 123, 84});
  CHECK(of_ones(5, 5, {}) == Numbers{54, 63, 72, 99, 108, 117, 144, 153, 162});
  CHECK(of_ones(7, 5, {{"padding", same}, {"strides", two}}) ==
        Numbers{12, 27, 24, 63, 108, 81, 123, 198, 141, 112, 177, 124});
  CHECK(of_ones(7, 5, {{"strides", two}}) == Numbers{54, 72, 144, 162, 234, 252});
}

TEST_CASE("conv1d gives the numbers of conv2d over one row, and causal those of zeros before it",
          "[plugins][layer]") {
  std::mt19937 random(4);
  for (int trial = 0; trial < 40; ++trial) {
    Told t = drawn(random, trial);
    t.kernel_y = t.stride_y = t.dilation_y = t.height = 1;
    const std::string padding = trial % 3 == 0 ? "causal" : t.same ? "same" : "valid";
    const std::size_t before = padding == "causal" ? (t.kernel_x - 1) * t.dilation_x : 0;
    CAPTURE(trial, padding, t.rows, t.width, t.channels, t.filters, t.kernel_x, t.stride_x,
            t.dilation_x, t.groups);
    ImageLayer<float> one("conv1d",
                          {{"filters", whole_number(t.filters)},
                           {"kernel_size", whole_number(t.kernel_x)},
                           {"strides", whole_number(t.stride_x)},
                           {"dilation_rate", whole_number(t.dilation_x)},
                           {"groups", whole_number(t.groups)},
                           {"bias", t.bias},
                           {"padding", padding}},
                          {2, {t.width, t.channels}}, t.rows);
    if (before > 0) t.same = false, t.width += before;
    ImageLayer<float> two("conv2d", t.settings(), t.in(), t.rows);
    REQUIRE(one.y.size() == two.y.size());
    const std::size_t zeros = before * t.channels, line = two.in_cols();
    for (std::size_t i = 0; i < two.x.size(); ++i)
      two.x.data()[i] =
          i % line < zeros ? 0.f : one.x.data()[i / line * one.in_cols() + i % line - zeros];
    std::ranges::copy(one.w.all(), two.w.data());
    std::ranges::copy(one.dy.all(), two.dy.data());
    for (ImageLayer<float>* const layer : {&one, &two}) {
      layer->forward();
      layer->backward_inputs(false);
      layer->backward_parameters(false);
    }
    CHECK(all_of(one.y) == all_of(two.y));
    CHECK(all_of(one.dw) == all_of(two.dw));
    for (std::size_t i = 0; i < one.dx.size(); ++i)
      CHECK(one.dx.data()[i] ==
            two.dx.data()[i / one.in_cols() * line + zeros + i % one.in_cols()]);
  }
}

TEST_CASE("a file has the weights of conv2d as PyTorch has them, and fans are those of Keras",
          "[plugins][layer]") {
  const Told t{1, 9, 9, 6, 10, 5, 3, 1, 1, 1, 1, 2, false, true};
  const ImageLayer<float> c("conv2d", t.settings(), t.in(), 1);
  REQUIRE(c.plan.n_blocks == 2);
  const nnrun_block& weights = c.plan.blocks[0];
  CHECK(std::string(weights.name) == "weights");
  CHECK(host::text_of(weights.shape) == "10 x 3 x 5 x 3");
  CHECK(weights.fan_in == 5 * 3 * 3);
  CHECK(weights.fan_out == 5 * 3 * 10);
  CHECK(host::text_of(c.plan.blocks[1].shape) == "10");
  CHECK(host::text_of(c.plan.out) == "5 x 7 x 10");
  CHECK(c.plan.work_per_row == 5 * 7 * 10 * 5 * 3 * 3);
  const ImageLayer<float> one(
      "conv1d", {{"filters", std::int64_t{10}}, {"kernel_size", std::int64_t{4}}}, {2, {9, 3}}, 1);
  CHECK(host::text_of(one.plan.blocks[0].shape) == "10 x 3 x 4");
  CHECK(one.at(0, {2, 1, 3}) == (3 * 3 + 1) * 16 + 2);  // steps, channels, filters in whole lanes
  CHECK(host::text_of(one.plan.out) == "6 x 10");
}

}  // namespace nnrun::testing
