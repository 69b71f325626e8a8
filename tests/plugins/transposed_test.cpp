// The numbers of conv2d_transpose, against plain loops and against published ones.
#include <numeric>

#include "plugins/plain_sums.hpp"
namespace nnrun::testing {
namespace {

/// What conv2d_transpose is told, in the words of its settings. more: its output_padding.
struct Transposed {
  std::size_t rows, height, width, channels, filters;
  std::size_t kernel_y, kernel_x, stride_y, stride_x, dilation_y, dilation_x, groups;
  bool same, bias, has_more;
  std::size_t more_y, more_x;

  Settings settings() const {
    Settings all{{"filters", whole_number(filters)},
                 {"kernel_size", sides(kernel_y, kernel_x)},
                 {"strides", sides(stride_y, stride_x)},
                 {"padding", std::string(same ? "same" : "valid")},
                 {"dilation_rate", sides(dilation_y, dilation_x)},
                 {"groups", whole_number(groups)},
                 {"bias", bias}};
    if (has_more) all.emplace_back("output_padding", sides(more_y, more_x));
    return all;
  }
  nnrun_shape in() const { return {3, {height, width, channels}}; }

  /// The length of a side of the output, by Keras' deconv_output_length.
  std::size_t length(std::size_t in, std::size_t kernel, std::size_t stride, std::size_t dilation,
                     std::size_t more) const {
    const std::size_t window = kernel + (kernel - 1) * (dilation - 1);
    if (has_more) return (in - 1) * stride + window - (same ? 2 * (window / 2) : 0) + more;
    return in * stride + (same || window < stride ? 0 : window - stride);
  }
  /// The windows of the output: there is one for each input.
  Side y() const {
    return {length(height, kernel_y, stride_y, dilation_y, more_y), kernel_y, stride_y, dilation_y,
            same};
  }
  Side x() const {
    return {length(width, kernel_x, stride_x, dilation_x, more_x), kernel_x, stride_x, dilation_x,
            same};
  }
  std::size_t images() const { return std::max<std::size_t>(1, 256 / (height * width)); }

  /// The products of some images: of input rows, columns and channels, and for each of these of
  /// tap rows, tap columns and filters.
  template <class T, class F>
  void each(const ImageLayer<T>& c, std::size_t from, std::size_t to, F f) const {
    const std::size_t part = filters / groups, per_group = channels / groups;
    const Side rows_of = y(), columns_of = x();
    std::size_t input = from * height * width * channels;
    for (std::size_t r = from; r < to; ++r)
      for (std::size_t i = 0; i < height; ++i)
        for (std::size_t j = 0; j < width; ++j)
          for (std::size_t o = 0; o < channels; ++o, ++input)
            rows_of.each(i, [&](std::size_t k, std::size_t row) {
              columns_of.each(j, [&](std::size_t l, std::size_t column) {
                for (std::size_t p = 0; p < part; ++p)
                  f(input,
                    ((r * rows_of.in + row) * columns_of.in + column) * filters +
                        o / per_group * part + p,
                    c.at(0, {o, p, k, l}));
              });
            });
  }
};

Transposed drawn(std::mt19937& random, int trial) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  Transposed t{};
  t.rows = 1 + below(trial % 4 == 0 ? 20 : 4);
  t.groups = trial % 3 == 0 ? 1 + below(3) : 1;
  t.channels = t.groups * (1 + below(trial % 5 == 0 ? 20 : 5));
  t.filters = t.groups * (1 + below(trial % 2 == 0 ? 36 : 9));
  t.kernel_y = 1 + below(4), t.kernel_x = 1 + below(4);
  if (trial % 10 == 9) {  // many taps that meet pixels far apart
    t.rows = 1 + below(3);
    t.channels = t.groups * (130 + below(20)), t.filters = t.groups * (100 + below(30));
    t.kernel_y = 3, t.kernel_x = 3 + below(2);
  }
  t.stride_y = 1 + below(4), t.stride_x = 1 + below(4);  // further than a window, too
  t.dilation_y = trial % 4 == 1 ? 1 + below(3) : 1,
  t.dilation_x = trial % 4 == 1 ? 1 + below(3) : 1;
  t.same = below(2) == 0, t.bias = below(2) == 0;
  t.height = 1 + below(6), t.width = 1 + below(6);
  t.has_more = trial % 4 == 2;
  if (t.has_more) {
    t.more_y = below(t.stride_y), t.more_x = below(t.stride_x);
    if (t.same) t.kernel_y |= 1, t.kernel_x |= 1;  // even ones need 1 or more
  }
  return t;
}

template <class T>
void check_order() {
  std::mt19937 random(21);
  for (int trial = 0; trial < 80; ++trial) {
    const Transposed t = drawn(random, trial);
    CAPTURE(trial, t.rows, t.height, t.width, t.channels, t.filters, t.kernel_y, t.kernel_x,
            t.stride_y, t.stride_x, t.dilation_y, t.dilation_x, t.groups, t.same, t.bias,
            t.has_more, t.more_y, t.more_x);
    ImageLayer<T> c("conv2d_transpose", t.settings(), t.in(), t.rows);
    REQUIRE(c.out_cols() == t.y().in * t.x().in * t.filters);
    check_sums(c, t, t.filters, t.bias, t.images());
  }
}

/// Filters of ones, or of other numbers, over an image of one channel, as ONNX's examples have it.
Numbers of(const Numbers& x, std::size_t side, const Settings& settings, const Numbers& w = {1}) {
  ImageLayer<double> c("conv2d_transpose", settings, {3, {side, side, x.size() / side / side}}, 1);
  std::ranges::copy(x, c.x.data());
  std::size_t k = 0;
  host::for_each_element(c.plan.blocks[0], 0,
                         [&](std::size_t at, std::size_t) { c.w.data()[at] = w[k++ % w.size()]; });
  c.forward();
  return all_of(c.y);
}
Settings settings(std::size_t filters, std::size_t kernel, const Settings& more = {}) {
  Settings all{
      {"filters", whole_number(filters)}, {"kernel_size", sides(kernel, kernel)}, {"bias", false}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

TEST_CASE("every number of conv2d_transpose is one sum in the order of what it adds",
          "[plugins][layer]") {
  check_order<float>();
  check_order<double>();
}

TEST_CASE("no bit of conv2d_transpose depends on how rows and tiles are cut", "[plugins][layer]") {
  std::mt19937 random(22);
  for (int trial = 0; trial < 40; ++trial) {
    Transposed t = drawn(random, trial);
    t.rows = 2 + random() % 20;
    const std::size_t first = 1 + random() % (t.rows - 1);
    CAPTURE(trial, t.rows, first);
    ImageLayer<float> c("conv2d_transpose", t.settings(), t.in(), t.rows);
    check_cuts(c, first, static_cast<std::uint32_t>(2 + random() % 6));
  }
}

TEST_CASE("conv2d_transpose gives the numbers of ONNX's examples of ConvTranspose",
          "[plugins][layer]") {
  const Numbers counted{0, 1, 2, 3, 4, 5, 6, 7, 8};
  const Numbers valid{0,  1,  3, 3,  2,  3,  8,  15, 12, 7,  9,  21, 36,
                      27, 15, 9, 20, 33, 24, 13, 6,  13, 21, 15, 8};
  CHECK(of(counted, 3, settings(1, 3)) == valid);
  const Numbers dilated = of({3, 8, 1, 9, 5, 7, 3, 2, 6}, 3,
                             settings(1, 2, {{"dilation_rate", sides(2, 2)}}), {7, 2, 1, 9});
  CHECK(dilated == Numbers{21, 56, 13, 16, 2,  63, 35, 67, 10, 14, 24, 22, 76,
                           76, 21, 9,  5,  88, 45, 63, 3,  2,  33, 18, 54});
  CHECK(of(counted, 3,
           settings(1, 3, {{"padding", std::string("same")}, {"strides", sides(2, 2)}})) ==
        Numbers{0, 0, 1, 1, 3, 2, 0, 0, 1,  1,  3,  2,  3, 3, 8,  5, 12, 7,
                3, 3, 7, 4, 9, 5, 9, 9, 20, 11, 24, 13, 6, 6, 13, 7, 15, 8});
  Numbers two;  // channels side by side, each with a filter of its own
  for (const double n : counted) two.insert(two.end(), {n, n + 9});
  const Numbers grouped = of(two, 3, settings(2, 3, {{"groups", whole_number(2)}}));
  const Numbers second{9,  19, 30, 21, 11, 21, 44, 69, 48, 25, 36, 75, 117,
                       81, 42, 27, 56, 87, 60, 31, 15, 31, 48, 33, 17};
  for (std::size_t i = 0; i < valid.size(); ++i) {
    CHECK(grouped[2 * i] == valid[i]);
    CHECK(grouped[2 * i + 1] == second[i]);
  }
}

TEST_CASE("a file has the weights of conv2d_transpose as PyTorch has them, fans are those of Keras",
          "[plugins][layer]") {
  const Transposed t{1, 4, 5, 6, 10, 5, 3, 2, 2, 1, 1, 2, false, true, false, 0, 0};
  const ImageLayer<float> c("conv2d_transpose", t.settings(), t.in(), 1);
  REQUIRE(c.plan.n_blocks == 2);
  CHECK(host::text_of(c.plan.blocks[0].shape) == "6 x 5 x 5 x 3");  // channels x filters of a group
  CHECK(c.plan.blocks[0].fan_in == 5 * 5 * 3);
  CHECK(c.plan.blocks[0].fan_out == 6 * 5 * 3);
  CHECK(host::text_of(c.plan.blocks[1].shape) == "10");
  CHECK(host::text_of(c.plan.out) == "11 x 11 x 10");
  CHECK(c.plan.work_per_row == 4 * 5 * 6 * 5 * 5 * 3);
}

}  // namespace nnrun::testing
