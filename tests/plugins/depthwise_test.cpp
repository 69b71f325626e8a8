// The numbers of depthwise_conv2d, against plain loops and against conv2d with a group a channel.
#include <numeric>

#include "plugins/plain_sums.hpp"
namespace nnrun::testing {
namespace {

/// What depthwise_conv2d is told, in the words of its settings.
struct Depthwise {
  std::size_t rows, height, width, channels, multiplier;
  std::size_t kernel_y, kernel_x, stride_y, stride_x, dilation_y, dilation_x;
  bool same, bias;

  Settings settings() const {
    return {{"kernel_size", sides(kernel_y, kernel_x)},
            {"strides", sides(stride_y, stride_x)},
            {"padding", std::string(same ? "same" : "valid")},
            {"depth_multiplier", whole_number(multiplier)},
            {"dilation_rate", sides(dilation_y, dilation_x)},
            {"bias", bias}};
  }
  nnrun_shape in() const { return {3, {height, width, channels}}; }
  std::size_t filters() const { return channels * multiplier; }
  Side y() const { return {height, kernel_y, stride_y, dilation_y, same}; }
  Side x() const { return {width, kernel_x, stride_x, dilation_x, same}; }
  std::size_t pixels() const { return y().out * x().out; }
  std::size_t images() const { return std::max<std::size_t>(1, 256 / pixels()); }

  /// The products of some images: of output rows and columns, filters, tap rows and columns.
  template <class T, class F>
  void each(const ImageLayer<T>& c, std::size_t from, std::size_t to, F f) const {
    const Side rows_of = y(), columns_of = x();
    std::size_t output = from * pixels() * filters();
    for (std::size_t r = from; r < to; ++r)
      for (std::size_t i = 0; i < rows_of.out; ++i)
        for (std::size_t j = 0; j < columns_of.out; ++j)
          for (std::size_t o = 0; o < filters(); ++o, ++output)
            rows_of.each(i, [&](std::size_t k, std::size_t row) {
              columns_of.each(j, [&](std::size_t l, std::size_t column) {
                f(((r * height + row) * width + column) * channels + o / multiplier, output,
                  c.at(0, {o, 0, k, l}));
              });
            });
  }
};

Depthwise drawn(std::mt19937& random, int trial) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  Depthwise t{};
  t.rows = 1 + below(trial % 4 == 0 ? 20 : 4);
  t.channels = 1 + below(trial % 2 == 0 ? 36 : 9);
  t.multiplier = trial % 3 == 0 ? 1 + below(3) : 1;
  t.kernel_y = 1 + below(4), t.kernel_x = 1 + below(4);
  t.stride_y = 1 + below(3), t.stride_x = 1 + below(3);
  t.dilation_y = trial % 4 == 1 ? 1 + below(3) : 1,
  t.dilation_x = trial % 4 == 1 ? 1 + below(3) : 1;
  t.same = below(2) == 0, t.bias = below(2) == 0;
  t.height = t.same ? 1 + below(9) : t.dilation_y * (t.kernel_y - 1) + 1 + below(6);
  t.width = t.same ? 1 + below(9) : t.dilation_x * (t.kernel_x - 1) + 1 + below(6);
  return t;
}

template <class T>
void check_order() {
  std::mt19937 random(11);
  for (int trial = 0; trial < 60; ++trial) {
    const Depthwise t = drawn(random, trial);
    CAPTURE(trial, t.rows, t.height, t.width, t.channels, t.multiplier, t.kernel_y, t.kernel_x,
            t.stride_y, t.stride_x, t.dilation_y, t.dilation_x, t.same, t.bias);
    ImageLayer<T> c("depthwise_conv2d", t.settings(), t.in(), t.rows);
    REQUIRE(c.out_cols() == t.pixels() * t.filters());
    // several filters: the slopes of each are summed first
    check_sums(c, t, t.filters(), t.bias, t.images(), t.multiplier == 1);
  }
}

}  // namespace

TEST_CASE("every number of depthwise_conv2d is one sum in the order of what it adds",
          "[plugins][layer]") {
  check_order<float>();
  check_order<double>();
}

TEST_CASE("no bit of depthwise_conv2d depends on how rows and tiles are cut", "[plugins][layer]") {
  std::mt19937 random(12);
  for (int trial = 0; trial < 40; ++trial) {
    Depthwise t = drawn(random, trial);
    t.rows = 2 + random() % 20;
    const std::size_t first = 1 + random() % (t.rows - 1);
    CAPTURE(trial, t.rows, first);
    ImageLayer<float> c("depthwise_conv2d", t.settings(), t.in(), t.rows);
    check_cuts(c, first, static_cast<std::uint32_t>(2 + random() % 6));
  }
}

TEST_CASE("depthwise_conv2d is conv2d with a group for each channel, its file too",
          "[plugins][layer]") {
  std::mt19937 random(13);
  for (int trial = 0; trial < 20; ++trial) {
    const Depthwise t = drawn(random, trial);
    Settings settings = t.settings();
    std::erase_if(settings, [](const auto& s) { return s.first == "depth_multiplier"; });
    settings.emplace_back("filters", whole_number(t.filters()));
    settings.emplace_back("groups", whole_number(t.channels));
    ImageLayer<float> one("depthwise_conv2d", t.settings(), t.in(), t.rows),
        all("conv2d", settings, t.in(), t.rows);
    CHECK(host::text_of(one.plan.blocks[0].shape) == host::text_of(all.plan.blocks[0].shape));
    CHECK(one.plan.work_per_row == all.plan.work_per_row);
    for (ImageLayer<float>* const layer : {&one, &all}) {  // the same numbers by their seed
      layer->forward();
      layer->backward_parameters(false);
    }
    CHECK(all_of(one.y) == all_of(all.y));
    CHECK(all_of(one.dw) == all_of(all.dw));
  }
}

TEST_CASE("fans of depthwise_conv2d are those of what a filter sees", "[plugins][layer]") {
  const Depthwise t{1, 9, 9, 6, 2, 5, 3, 1, 1, 1, 1, false, true};
  const ImageLayer<float> c("depthwise_conv2d", t.settings(), t.in(), 1);
  REQUIRE(c.plan.n_blocks == 2);
  CHECK(host::text_of(c.plan.blocks[0].shape) == "12 x 1 x 5 x 3");
  CHECK(c.plan.blocks[0].fan_in == 5 * 3);
  CHECK(c.plan.blocks[0].fan_out == 5 * 3 * 2);
  CHECK(host::text_of(c.plan.blocks[1].shape) == "12");
  CHECK(host::text_of(c.plan.out) == "5 x 7 x 12");
}

}  // namespace nnrun::testing
