// The numbers of dense for batches, against plain loops that say in which order they are added.
#include <cmath>
#include <limits>
#include <random>

#include "network/buffer.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using host::Buffer;

bool fuses() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("x86-64-v3");
#else
  return false;
#endif
}
template <class T>
T added(T sum, T a, T b) {
  volatile T product = a * b;  // rounded by itself
  return fuses() ? std::fma(a, b, sum) : sum + product;
}

template <class T>
Buffer<T> numbers(std::size_t n, std::mt19937& random, std::size_t row, std::size_t stride) {
  std::uniform_real_distribution<T> number(-1, 1);
  Buffer<T> made(n);
  for (std::size_t i = 0; i < n; ++i) made.data()[i] = i % stride < row ? number(random) : T(0);
  // what is behind a buffer may be read, and must not matter
  for (std::size_t i = host::padded(n); i < host::padded(n) + 2 * NNRUN_LANES; ++i)
    made.data()[i] = std::numeric_limits<T>::quiet_NaN();
  return made;
}

/// One dense layer with all its numbers.
template <class T>
struct Dense {
  std::size_t rows, in, units, stride;
  host::Object layer;
  nnrun_shape shape;
  nnrun_plan plan{};
  Buffer<T> x, w, dy, dx, y, dw, scratch;

  Dense(std::size_t examples, std::size_t inputs, std::size_t outputs, bool bias,
        std::mt19937& random, const std::string& product = "ordered")
      : rows(examples),
        in(inputs),
        units(outputs),
        stride(units == 1 ? 1 : host::padded(units)),
        layer(use(
            "layer", "dense",
            {{"units", static_cast<std::int64_t>(units)}, {"bias", bias}, {"product", product}})),
        shape{1, {in}} {
    plan.size = sizeof plan;
    plan.n_in = 1;
    plan.in = &shape;
    layer.call("plan", layer.functions<nnrun_layer>().plan, &plan);
    x = numbers<T>(rows * in, random, 1, 1);
    w = numbers<T>(plan.n_parameters, random, units, stride);
    dy = numbers<T>(rows * units, random, 1, 1);
    dx = numbers<T>(rows * in, random, 1, 1);
    y = numbers<T>(rows * units, random, 1, 1);
    dw = numbers<T>(plan.n_parameters, random, units, stride);
    scratch = Buffer<T>(plan.scratch);
    std::fill_n(scratch.data(), plan.scratch, std::numeric_limits<T>::quiet_NaN());
  }
  bool has_bias() const { return plan.n_blocks == 2; }
  std::size_t bias_at() const { return plan.blocks[1].offset; }

  /// Runs a method on rows from one on, adding to what is there or not.
  void run(int (*nnrun_layer_functions::*method)(void*, const nnrun_layer_call*), std::size_t from,
           std::size_t count, bool add, std::uint32_t tile = 0, std::uint32_t tiles = 1) {
    const nnrun_layer_functions& f = layer.functions<nnrun_layer>().by_dtype[host::dtype_of<T>];
    const nnrun_tensor input{x.data() + from * in, dx.data() + from * in, in, add};
    nnrun_layer_call call{};
    call.size = sizeof call;
    call.n_in = 1;
    call.rows = count;
    call.in = &input;
    call.out = {y.data() + from * units, dy.data() + from * units, units, 0};
    call.w = w.data();
    call.dw = dw.data();
    call.accumulate = add;
    call.tile = tile;
    call.tiles = tiles;
    call.plan = &plan;
    call.training = 1;
    call.scratch = scratch.data();
    layer.call("a method", f.*method, &call);
  }
};

template <class T>
std::vector<T> copy_of(const Buffer<T>& b) {
  return {b.data(), b.data() + b.size()};
}

template <class T>
T output_in_order(const Dense<T>& d, std::size_t r, std::size_t u) {
  T sum = d.has_bias() ? d.w.data()[d.bias_at() + u] : T(0);
  for (std::size_t i = 0; i < d.in; ++i)
    sum = added(sum, d.x.data()[r * d.in + i], d.w.data()[i * d.stride + u]);
  return sum;
}
template <class T>
T input_slope_in_order(const Dense<T>& d, T start, std::size_t r, std::size_t i) {
  for (std::size_t u = 0; u < d.units; ++u)
    start = added(start, d.dy.data()[r * d.units + u], d.w.data()[i * d.stride + u]);
  return start;
}
template <class T>
T weight_slope_in_order(const Dense<T>& d, T start, std::size_t i, std::size_t u) {
  for (std::size_t r = 0; r < d.rows; ++r)
    start = added(start, d.x.data()[r * d.in + i], d.dy.data()[r * d.units + u]);
  return start;
}
template <class T>
T bias_slope_in_order(const Dense<T>& d, T start, std::size_t u) {
  for (std::size_t r = 0; r < d.rows; ++r) start += d.dy.data()[r * d.units + u];
  return start;
}

/// Sizes on both sides of every border: of tiles, panels, blocks, and of what is packed.
template <class T>
Dense<T> drawn(std::mt19937& random, int trial) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const bool is_large = trial % 16 == 0;
  const std::size_t most = is_large ? 300 : 40;
  const std::size_t rows = 2 + below(most), in = 1 + below(most),
                    units = trial % 32 == 0 ? 1024 + below(40) : 1 + below(most);
  return {rows, in, units, below(2) == 0, random};
}

/// Returns whether the numbers of a matrix are those of a function: of all places if there are few,
/// otherwise of some, the last one among them.
template <class T, class F>
bool matches(const T* m, std::size_t rows, std::size_t cols, std::size_t stride, F f) {
  const std::size_t n = rows * cols, step = n < 2000 ? 1 : n / 300 | 1;
  for (std::size_t back = 0; back < n; back += step) {
    const std::size_t r = (n - 1 - back) / cols, c = (n - 1 - back) % cols;
    if (m[r * stride + c] != f(r, c)) return false;
  }
  return true;
}

template <class T>
void check_slopes(Dense<T>& d, bool add) {
  const std::vector<T> dx = copy_of(d.dx), dw = copy_of(d.dw);
  d.run(&nnrun_layer_functions::backward_inputs, 0, d.rows, add);
  d.run(&nnrun_layer_functions::backward_parameters, 0, d.rows, add);
  CHECK(matches(d.dx.data(), d.rows, d.in, d.in, [&](std::size_t r, std::size_t i) {
    return input_slope_in_order(d, add ? dx[r * d.in + i] : T(0), r, i);
  }));
  CHECK(matches(d.dw.data(), d.in, d.units, d.stride, [&](std::size_t i, std::size_t u) {
    return weight_slope_in_order(d, add ? dw[i * d.stride + u] : T(0), i, u);
  }));
  if (d.has_bias())
    CHECK(matches(d.dw.data() + d.bias_at(), 1, d.units, 0, [&](std::size_t, std::size_t u) {
      return bias_slope_in_order(d, add ? dw[d.bias_at() + u] : T(0), u);
    }));
}

template <class T>
void check_order() {
  std::mt19937 random(1);
  for (int trial = 0; trial < 96; ++trial) {
    Dense<T> d = drawn<T>(random, trial);
    CAPTURE(trial, d.rows, d.in, d.units, d.has_bias());
    d.run(&nnrun_layer_functions::forward, 0, d.rows, false);
    CHECK(matches(d.y.data(), d.rows, d.units, d.units,
                  [&](std::size_t r, std::size_t u) { return output_in_order(d, r, u); }));
    check_slopes(d, false);
    check_slopes(d, true);
  }
}

}  // namespace

TEST_CASE("every number of a batch in dense is one sum in the order of what it adds",
          "[plugins][layer]") {
  check_order<float>();
  check_order<double>();
}

TEST_CASE("no bit of dense depends on how rows and tiles are cut", "[plugins][layer]") {
  std::mt19937 random(2);
  for (int trial = 0; trial < 48; ++trial) {
    Dense<float> d = drawn<float>(random, trial);
    if (d.rows < 5) continue;
    const std::size_t first = 2 + random() % (d.rows - 3);
    CAPTURE(trial, d.rows, d.in, d.units, first);
    const auto run = [&](auto method, auto... cut) { d.run(method, cut...); };
    run(&nnrun_layer_functions::forward, 0u, d.rows, false);
    run(&nnrun_layer_functions::backward_inputs, 0u, d.rows, false);
    run(&nnrun_layer_functions::backward_parameters, 0u, d.rows, false);
    const auto y = copy_of(d.y), dx = copy_of(d.dx), dw = copy_of(d.dw);
    for (const auto& [from, count] : {std::pair(std::size_t(0), first), {first, d.rows - first}}) {
      run(&nnrun_layer_functions::forward, from, count, false);
      run(&nnrun_layer_functions::backward_inputs, from, count, false);
    }
    const auto tiles = static_cast<std::uint32_t>(2 + random() % 4);
    for (std::uint32_t tile = 0; tile < tiles; ++tile)
      run(&nnrun_layer_functions::backward_parameters, 0u, d.rows, false, tile, tiles);
    CHECK(copy_of(d.y) == y);
    CHECK(copy_of(d.dx) == dx);
    CHECK(copy_of(d.dw) == dw);
  }
}

TEST_CASE("Eigen's product gives the numbers of ours, but for rounding", "[plugins][layer]") {
  std::mt19937 random(3), same(3);
  Dense<double> ours(70, 300, 40, true, random), eigen(70, 300, 40, true, same, "eigen");
  for (Dense<double>* d : {&ours, &eigen}) {
    d->run(&nnrun_layer_functions::forward, 0, 70, false);
    d->run(&nnrun_layer_functions::backward_inputs, 0, 70, false);
    d->run(&nnrun_layer_functions::backward_parameters, 0, 70, false);
  }
  const auto agree = [](const Buffer<double>& a, const Buffer<double>& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
      if (std::abs(a.data()[i] - b.data()[i]) > 1e-12) return false;
    return true;
  };
  CHECK(agree(ours.y, eigen.y));
  CHECK(agree(ours.dx, eigen.dx));
  CHECK(agree(ours.dw, eigen.dw));
}

}  // namespace nnrun::testing
