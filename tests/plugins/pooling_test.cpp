// Layers that look at an image channel by channel, against plain loops and published numbers.
#include <numeric>

#include "plugins/image_layer.hpp"
namespace nnrun::testing {
namespace {

using Numbers = std::vector<double>;

std::vector<double> pair(std::size_t a, std::size_t b) {
  return {static_cast<double>(a), static_cast<double>(b)};
}

/// What a pool is told, and what it gives by plain loops.
struct Pool {
  std::size_t rows, height, width, channels, window_y, window_x, stride_y, stride_x;
  bool same, mean;

  Settings settings() const {
    return {{"pool_size", pair(window_y, window_x)},
            {"strides", pair(stride_y, stride_x)},
            {"padding", std::string(same ? "same" : "valid")}};
  }
  nnrun_shape in() const { return {3, {height, width, channels}}; }

  /// Returns the inputs in each window of a side.
  static std::vector<std::vector<std::size_t>> windows(std::size_t in, std::size_t window,
                                                       std::size_t stride, bool same) {
    std::vector<std::vector<std::size_t>> all(same ? (in + stride - 1) / stride
                                                   : (in - window + stride) / stride);
    const std::size_t needed = (all.size() - 1) * stride + window,
                      before = same && needed > in ? (needed - in) / 2 : 0;
    for (std::size_t o = 0; o < all.size(); ++o)
      for (std::size_t k = 0; k < window; ++k)
        if (const std::size_t at = o * stride + k; at >= before && at - before < in)
          all[o].push_back(at - before);
    return all;
  }
  /// Calls f(output, inputs of its window) for all.
  template <class F>
  void each(F f) const {
    std::size_t output = 0;
    const auto down = windows(height, window_y, stride_y, same),
               across = windows(width, window_x, stride_x, same);
    for (std::size_t r = 0; r < rows; ++r)
      for (const auto& lines : down)
        for (const auto& columns : across)
          for (std::size_t c = 0; c < channels; ++c) {
            std::vector<std::size_t> inputs;
            for (const std::size_t i : lines)
              for (const std::size_t j : columns)
                inputs.push_back(((r * height + i) * width + j) * channels + c);
            f(output++, inputs);
          }
  }
};

Pool drawn(std::mt19937& random, bool mean) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  Pool p{1 + below(3), 0, 0, 1 + below(20), 1 + below(4), 1 + below(4), 0, 0, below(2) == 0, mean};
  const bool tiles = below(2) == 0;
  p.stride_y = tiles ? p.window_y : 1 + below(4);
  p.stride_x = tiles ? p.window_x : 1 + below(4);
  p.height = p.same ? 1 + below(9) : p.window_y + below(7);
  p.width = p.same ? 1 + below(9) : p.window_x + below(7);
  if (below(3) == 0) {  // as most networks have them
    p.window_y = p.window_x = p.stride_y = p.stride_x = 2;
    p.height = 2 * (1 + below(5)), p.width = 2 * (1 + below(5));
  }
  return p;
}

template <class T>
void check_pool(const Pool& p, bool add, ImageLayer<T>& layer) {
  std::vector<T> y(p.rows * layer.out_cols()),
      dx = add ? all_of(layer.dx) : std::vector<T>(p.rows * layer.in_cols());
  p.each([&](std::size_t output, const std::vector<std::size_t>& inputs) {
    const T* const x = layer.x.data();
    const T dy = layer.dy.data()[output];
    if (p.mean) {
      T sum = 0;
      for (const std::size_t i : inputs) sum += x[i];
      const T share = T(1) / static_cast<T>(inputs.size());
      y[output] = sum * share;
      for (const std::size_t i : inputs) dx[i] += dy * share;
    } else {
      const auto largest = *std::ranges::max_element(
          inputs, {}, [&](std::size_t i) { return x[i]; });  // the first of equal ones
      y[output] = x[largest];
      dx[largest] += dy;
    }
  });
  layer.forward();
  layer.backward_inputs(add);
  CHECK(all_of(layer.y) == y);
  CHECK(all_of(layer.dx) == dx);
}

/// Checks that rows which another thread has are left alone.
template <class T>
void check_last_row(ImageLayer<T>& layer) {
  const std::size_t before = layer.rows - 1, y = before * layer.out_cols(),
                    dx = before * layer.in_cols();
  std::ranges::fill(layer.y.all().subspan(y), T(7));
  std::ranges::fill(layer.dx.all().subspan(dx), T(7));
  layer.run(&nnrun_layer_functions::forward, 0, before);
  layer.run(&nnrun_layer_functions::backward_inputs, 0, before);
  CHECK(std::ranges::count(layer.y.all().subspan(y), T(7)) ==
        static_cast<std::ptrdiff_t>(layer.out_cols()));
  CHECK(std::ranges::count(layer.dx.all().subspan(dx), T(7)) ==
        static_cast<std::ptrdiff_t>(layer.in_cols()));
}

template <class T>
void check_pools(bool mean) {
  std::mt19937 random(3);
  for (int trial = 0; trial < 120; ++trial) {
    const Pool p = drawn(random, mean);
    CAPTURE(trial, mean, p.rows, p.height, p.width, p.channels, p.window_y, p.window_x, p.stride_y,
            p.stride_x, p.same);
    ImageLayer<T> layer(mean ? "average_pooling2d" : "max_pooling2d", p.settings(), p.in(), p.rows);
    for (T& x : layer.x.all()) x = std::round(x * 4);  // many are equal
    check_pool(p, false, layer);
    check_pool(p, true, layer);
    if (p.rows > 1) check_last_row(layer);
  }
}

Numbers of_counts(const std::string& name, const Settings& settings, double from,
                  nnrun_shape in = {3, {5, 5, 1}}) {
  ImageLayer<double> layer(name, settings, in, 1);
  std::iota(layer.x.data(), layer.x.data() + layer.x.size(), from);
  layer.forward();
  return all_of(layer.y);
}

}  // namespace

TEST_CASE("pools give the numbers of plain loops, and so do their slopes", "[plugins][layer]") {
  check_pools<float>(false);
  check_pools<double>(false);
  check_pools<float>(true);
  check_pools<double>(true);
}

TEST_CASE("pools give the numbers of ONNX's examples of MaxPool and AveragePool",
          "[plugins][layer]") {
  const Settings same5{{"pool_size", pair(5, 5)}, {"strides", pair(1, 1)}, {"padding", "same"}},
      two{}, upper{{"pool_size", pair(3, 3)}, {"strides", pair(2, 2)}, {"padding", "same"}};
  CHECK(of_counts("max_pooling2d", same5, 1) == Numbers{13, 14, 15, 15, 15, 18, 19, 20, 20,
                                                        20, 23, 24, 25, 25, 25, 23, 24, 25,
                                                        25, 25, 23, 24, 25, 25, 25});
  CHECK(of_counts("max_pooling2d", two, 1) == Numbers{7, 9, 17, 19});
  CHECK(of_counts("max_pooling2d", upper, 1) == Numbers{7, 9, 10, 17, 19, 20, 22, 24, 25});
  const Numbers means = of_counts("average_pooling2d", same5, 1);
  for (std::size_t i = 0; i < 25; ++i)  // from 7 in steps of a half, 2.5 from row to row
    CHECK(means[i] ==
          Approx(7 + 0.5 * static_cast<double>(i % 5) + 2.5 * static_cast<double>(i / 5))
              .epsilon(1e-14));
  CHECK(of_counts("average_pooling2d", two, 1) == Numbers{4, 6, 14, 16});
  CHECK(of_counts("average_pooling2d", upper, 1) ==
        Numbers{4, 5.5, 7, 11.5, 13, 14.5, 19, 20.5, 22});
}

TEST_CASE("max pooling does not hide what is not a number", "[plugins][layer]") {
  for (const std::string name : {"max_pooling2d", "global_max_pooling2d"})
    for (std::size_t at = 0; at < 4; ++at) {
      ImageLayer<float> layer(name, {}, {3, {2, 2, 1}}, 1);
      layer.x.data()[at] = std::nanf("");
      layer.forward();
      CHECK(std::isnan(layer.y.data()[0]));
    }
}

TEST_CASE("max pooling keeps infinite numbers, the first of two zeros, and other images",
          "[plugins][layer]") {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  ImageLayer<double> layer("max_pooling2d", {}, {3, {4, 4, 3}}, 3);
  std::fill_n(layer.x.data(), layer.x.size(), -1.);
  const std::size_t image = layer.in_cols();
  layer.x.data()[1] = infinite;
  layer.x.data()[2] = -infinite;
  layer.x.data()[image] = std::nan("");
  layer.x.data()[2 * image + 3] = -0.;
  layer.x.data()[2 * image + 12] = 0.;
  layer.forward();
  Numbers expected(36, -1);
  expected[1] = infinite;
  expected[12] = std::nan("");
  expected[24] = -0.;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    if (i == 12)
      CHECK(std::isnan(layer.y.data()[i]));
    else
      CHECK(layer.y.data()[i] == expected[i]);
  }
  CHECK(std::signbit(layer.y.data()[24]));
}

TEST_CASE("global pools see each channel whole", "[plugins][layer]") {
  const nnrun_shape in{3, {3, 5, 11}};
  for (const std::string name : {"global_max_pooling2d", "global_average_pooling2d"}) {
    ImageLayer<double> layer(name, {}, in, 2);
    const Pool p{2, 3, 5, 11, 3, 5, 1, 1, false, name == "global_average_pooling2d"};
    CAPTURE(name);
    CHECK(host::text_of(layer.plan.out) == "11");
    check_pool(p, false, layer);
    check_pool(p, true, layer);
  }
}

TEST_CASE("pools of sequences are those of images of one row", "[plugins][layer]") {
  std::mt19937 random(5);
  for (int trial = 0; trial < 40; ++trial) {
    Pool p = drawn(random, trial % 2 == 0);
    p.height = p.window_y = p.stride_y = 1;
    CAPTURE(trial, p.mean, p.width, p.channels, p.window_x, p.stride_x, p.same);
    const nnrun_shape in{2, {p.width, p.channels}};
    const std::string kind = p.mean ? "average_pooling1d" : "max_pooling1d";
    ImageLayer<float> layer(kind,
                            {{"pool_size", static_cast<std::int64_t>(p.window_x)},
                             {"strides", static_cast<std::int64_t>(p.stride_x)},
                             {"padding", std::string(p.same ? "same" : "valid")}},
                            in, p.rows);
    CHECK(layer.plan.out.rank == 2);
    check_pool(p, false, layer);
    check_pool(p, true, layer);
    ImageLayer<float> global("global_" + kind, {}, in, p.rows);
    CHECK(host::text_of(global.plan.out) == std::to_string(p.channels));
    p.window_x = p.width, p.stride_x = 1, p.same = false;
    check_pool(p, false, global);
    check_pool(p, true, global);
  }
}

TEST_CASE("zero_padding2d puts zeros around an image, and takes their slopes away",
          "[plugins][layer]") {
  const nnrun_shape in{3, {1, 2, 2}};
  const auto padded = [&](std::vector<double> padding) {
    return of_counts("zero_padding2d", {{"padding", std::move(padding)}}, 1, in);
  };
  CHECK(padded({0}) == Numbers{1, 2, 3, 4});
  CHECK(padded({0, 1}) == Numbers{0, 0, 1, 2, 3, 4, 0, 0});
  CHECK(padded({1, 0, 0, 2}) == Numbers{0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0});
  ImageLayer<double> layer("zero_padding2d", {{"padding", std::vector<double>{1, 0, 0, 2}}}, in, 2);
  CHECK(host::text_of(layer.plan.out) == "2 x 4 x 2");
  std::iota(layer.dy.data(), layer.dy.data() + layer.dy.size(), 0.);
  layer.backward_inputs(false);
  CHECK(all_of(layer.dx) == Numbers{8, 9, 10, 11, 24, 25, 26, 27});
  layer.backward_inputs(true);
  CHECK(all_of(layer.dx) == Numbers{16, 18, 20, 22, 48, 50, 52, 54});
}

TEST_CASE("up_sampling2d repeats pixels, and adds their slopes", "[plugins][layer]") {
  const nnrun_shape in{3, {2, 2, 1}};
  CHECK(of_counts("up_sampling2d", {{"size", pair(1, 2)}}, 1, in) ==
        Numbers{1, 1, 2, 2, 3, 3, 4, 4});
  CHECK(of_counts("up_sampling2d", {}, 1, in) ==
        Numbers{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4});
  ImageLayer<double> layer("up_sampling2d", {}, in, 1);
  std::iota(layer.dy.data(), layer.dy.data() + layer.dy.size(), 0.);
  layer.backward_inputs(false);
  CHECK(all_of(layer.dx) == Numbers{10, 18, 42, 50});
  layer.backward_inputs(true);
  CHECK(all_of(layer.dx) == Numbers{20, 36, 84, 100});
}

}  // namespace nnrun::testing
