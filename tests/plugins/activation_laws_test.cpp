#include <cmath>

#include "network/buffer.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using host::Buffer;

template <class T>
struct Evaluated {
  Buffer<T> z, a, da, dz;
};

/// Returns a cost's slope at column c: different ones, or the slopes of softmax would add up to 0.
double slope_at(std::size_t c) {
  return 1 + 0.25 * static_cast<double>(c % 3);
}

/// Values and slopes of rows × cols numbers.
template <class T>
Evaluated<T> evaluate(const host::Object& f, const std::vector<double>& z, std::size_t rows) {
  const std::size_t n = z.size(), cols = n / rows;
  Evaluated<T> e{Buffer<T>(n), Buffer<T>(n), Buffer<T>(n), Buffer<T>(n)};
  for (std::size_t i = 0; i < n; ++i)
    e.z.data()[i] = static_cast<T>(z[i]), e.da.data()[i] = static_cast<T>(slope_at(i % cols));
  const auto& fns = f.functions<nnrun_activation>().by_dtype[host::dtype_of<T>];
  f.call("forward", fns.forward, e.z.data(), e.a.data(), rows, cols);
  f.call("backward", fns.backward, e.z.data(), e.a.data(), e.da.data(), e.dz.data(), rows, cols);
  return e;
}

std::vector<double> grid() {
  std::vector<double> x;
  // no multiples of a half: kinks, where left and right slope differ, are at round numbers
  for (double v = -8.13; v < 8.2; v += 0.37) x.push_back(v);
  return x;
}

bool elementwise(const host::Object& f) {
  return f.functions<nnrun_activation>().flags & NNRUN_ELEMENTWISE;
}

void check_slopes(const host::Object& f) {
  const std::vector<double> x = grid();
  const std::size_t cols = 5, rows = x.size() / cols, n = rows * cols;
  const std::vector<double> base(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n));
  const auto here = evaluate<double>(f, base, rows);
  const double h = 1e-5;  // central difference: error h² f''' / 6, about 1e-10
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> up = base, down = base;
    up[i] += h, down[i] -= h;
    const auto above = evaluate<double>(f, up, rows), below = evaluate<double>(f, down, rows);
    double slope = 0;  // of the weighted sum of a row
    for (std::size_t j = i / cols * cols; j < i / cols * cols + cols; ++j)
      slope += slope_at(j % cols) * (above.a.data()[j] - below.a.data()[j]) / (2 * h);
    CAPTURE(base[i]);
    CHECK(here.dz.data()[i] == Approx(slope).epsilon(1e-6).margin(1e-8));
  }
}

}  // namespace

TEST_CASE("every activation's slope is the slope of its value", "[plugins][activation]") {
  const auto name = GENERATE(from_range(names("activation")));
  CAPTURE(name);
  check_slopes(host::Object(use("activation", name)));
}

TEST_CASE("slopes follow the settings of an activation", "[plugins][activation]") {
  check_slopes(host::Object(use("activation", "gelu", {{"approximate", std::string("tanh")}})));
  check_slopes(host::Object(use("activation", "elu", {{"alpha", 0.3}})));
  check_slopes(host::Object(use("activation", "leaky_relu", {{"negative_slope", 0.25}})));
  check_slopes(host::Object(use("activation", "softplus", {{"beta", 2.5}})));
  check_slopes(host::Object(use("activation", "silu", {{"beta", 0.5}})));
}

TEST_CASE("every activation agrees in float and double", "[plugins][activation]") {
  const auto name = GENERATE(from_range(names("activation")));
  CAPTURE(name);
  const host::Object f(use("activation", name));
  std::vector<double> x = grid();
  for (double& v : x) v = static_cast<double>(static_cast<float>(v));
  const auto exact = evaluate<double>(f, x, 1);
  const auto rounded = evaluate<float>(f, x, 1);
  for (std::size_t i = 0; i < x.size(); ++i) {
    // a few roundings of 6e-8, amplified where values cancel
    CHECK(rounded.a.data()[i] == Approx(exact.a.data()[i]).epsilon(3e-6).margin(1e-6));
    CHECK(rounded.dz.data()[i] == Approx(exact.dz.data()[i]).epsilon(1e-5).margin(2e-6));
  }
}

TEST_CASE("every activation stays finite or reaches its limit for large inputs",
          "[plugins][activation]") {
  const auto name = GENERATE(from_range(names("activation")));
  CAPTURE(name);
  const host::Object f(use("activation", name));
  if (!elementwise(f)) return;  // row-wise
  for (const double x : {-1e30, -1e4, -800., -90., 90., 800., 1e4, 1e30}) {
    CAPTURE(x);
    const auto wide = evaluate<double>(f, {x}, 1);
    CHECK_FALSE(std::isnan(wide.a.data()[0]));
    CHECK_FALSE(std::isnan(wide.dz.data()[0]));
    const auto narrow = evaluate<float>(f, {x}, 1);
    CHECK_FALSE(std::isnan(narrow.a.data()[0]));
    CHECK_FALSE(std::isnan(narrow.dz.data()[0]));
  }
}

TEST_CASE("an activation of one row is that row of a batch, bit for bit", "[plugins][activation]") {
  const auto name = GENERATE(from_range(names("activation")));
  CAPTURE(name);
  const host::Object f(use("activation", name));
  const std::vector<double> x = grid();
  const std::size_t cols = 3, rows = x.size() / cols;
  const std::vector<double> all(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(rows * cols));
  const auto batch = evaluate<double>(f, all, rows);
  for (std::size_t r = 0; r < rows; ++r) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(r * cols);
    const auto one = evaluate<double>(f, {from, from + static_cast<std::ptrdiff_t>(cols)}, 1);
    for (std::size_t c = 0; c < cols; ++c) {
      CHECK(one.a.data()[c] == batch.a.data()[r * cols + c]);
      CHECK(one.dz.data()[c] == batch.dz.data()[r * cols + c]);
    }
  }
}

TEST_CASE("an activation keeps NaN visible", "[plugins][activation]") {
  const auto name = GENERATE(from_range(names("activation")));
  CAPTURE(name);
  const host::Object f(use("activation", name));
  const auto e = evaluate<double>(f, {std::nan(""), 0.5}, 1);
  // only a constant part may hide it: step functions, clipping
  CHECK(std::isnan(e.a.data()[0]));
}

TEST_CASE("slopes of an activation leave zeros behind the last number", "[plugins][activation]") {
  const auto name = GENERATE(from_range(names("activation")));
  CAPTURE(name);
  const host::Object f(use("activation", name));
  Buffer<double> z(5), a(5), da(5), dz(5);
  for (std::size_t i = 0; i < 5; ++i) z.data()[i] = 0.3, da.data()[i] = 1;
  for (std::size_t i = 0; i < 8; ++i) dz.data()[i] = 7;
  const auto& fns = f.functions<nnrun_activation>().by_dtype[NNRUN_F64];
  fns.forward(f.self(), z.data(), a.data(), 1, 5);
  fns.backward(f.self(), z.data(), a.data(), da.data(), dz.data(), 1, 5);
  for (std::size_t i = 5; i < 8; ++i) CHECK(dz.data()[i] == 0);
}

}  // namespace nnrun::testing
