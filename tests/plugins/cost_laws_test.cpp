#include <cmath>

#include "network/buffer.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using host::Buffer;

template <class T>
struct Evaluated {
  Buffer<T> values, per_row, slopes;
};

/// y and t: rows × cols. Outputs in (0, 1), targets 0 or 1: a domain that every cost accepts.
template <class T>
Evaluated<T> evaluate(const host::Object& cost, const std::vector<double>& y,
                      const std::vector<double>& t, std::size_t rows, double scale = 1) {
  const std::size_t n = y.size(), cols = n / rows;
  Buffer<T> outputs(n), targets(n);
  for (std::size_t i = 0; i < n; ++i)
    outputs.data()[i] = static_cast<T>(y[i]), targets.data()[i] = static_cast<T>(t[i]);
  Evaluated<T> e{Buffer<T>(rows), Buffer<T>(rows), Buffer<T>(n)};
  const auto& fns = cost.functions<nnrun_cost>().by_dtype[host::dtype_of<T>];
  cost.call("value", fns.value, outputs.data(), targets.data(), cols, e.values.data(), rows, cols);
  cost.call("slope", fns.slope, outputs.data(), targets.data(), cols, scale, e.slopes.data(),
            e.per_row.data(), rows, cols);
  return e;
}

const std::vector<double> outputs{.11, .52, .93, .24, .65, .36, .07, .88, .49, .7, .31, .12};
const std::vector<double> targets{0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1};

void check_slopes(const host::Object& cost, std::size_t rows) {
  const std::size_t cols = outputs.size() / rows;
  const auto here = evaluate<double>(cost, outputs, targets, rows);
  const double h = 1e-6;  // central difference: error h² f''' / 6
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    auto up = outputs, down = outputs;
    up[i] += h, down[i] -= h;
    const double above = evaluate<double>(cost, up, targets, rows).values.data()[i / cols];
    const double below = evaluate<double>(cost, down, targets, rows).values.data()[i / cols];
    CHECK(here.slopes.data()[i] == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-7));
  }
}

}  // namespace

TEST_CASE("every cost's slope is the slope of its value", "[plugins][cost]") {
  const auto name = GENERATE(from_range(names("cost")));
  const auto rows = GENERATE(values<std::size_t>({12, 4, 1}));
  CAPTURE(name, rows);
  check_slopes(host::Object(use("cost", name)), rows);
}

TEST_CASE("slopes follow the settings of a cost", "[plugins][cost]") {
  using Settings = std::vector<std::pair<std::string, host::Value>>;
  const std::vector<double> two{0.5, 3}, three{0.5, 3, 2}, none;
  for (const bool from_logits : {false, true}) {
    const auto given = [&](const std::vector<double>& weights) {
      return Settings{{"from_logits", from_logits}, {"class_weights", weights}};
    };
    check_slopes(host::Object(use("cost", "binary_cross_entropy", given(two))), 4);
    check_slopes(host::Object(use("cost", "binary_cross_entropy", given(none))), 12);
    check_slopes(host::Object(use("cost", "cross_entropy", given(three))), 4);
    check_slopes(host::Object(use("cost", "cross_entropy", given(none))), 4);
  }
  check_slopes(host::Object(use("cost", "huber", {{"delta", 0.3}})), 4);
}

TEST_CASE("every cost is finite where outputs are exactly 0 or 1", "[plugins][cost]") {
  const auto name = GENERATE(from_range(names("cost")));
  const auto rows = GENERATE(values<std::size_t>({4, 2}));
  CAPTURE(name, rows);
  const host::Object cost(use("cost", name));
  const std::vector<double> y{0, 0, 1, 1}, t{0, 1, 0, 1};
  const auto wide = evaluate<double>(cost, y, t, rows);
  const auto narrow = evaluate<float>(cost, y, t, rows);
  for (std::size_t r = 0; r < rows; ++r)
    CHECK((std::isfinite(wide.values.data()[r]) && std::isfinite(narrow.values.data()[r])));
  for (std::size_t i = 0; i < 4; ++i)
    CHECK((std::isfinite(wide.slopes.data()[i]) && std::isfinite(narrow.slopes.data()[i])));
}

TEST_CASE("a cost keeps NaN visible", "[plugins][cost]") {
  const auto name = GENERATE(from_range(names("cost")));
  CAPTURE(name);
  const host::Object cost(use("cost", name));
  for (const double t : {0., 1.})
    CHECK(std::isnan(evaluate<double>(cost, {std::nan(""), 0.5}, {t, 1}, 1).values.data()[0]));
}

TEST_CASE("a cost gives the same value with and without slopes", "[plugins][cost]") {
  const auto name = GENERATE(from_range(names("cost")));
  const auto rows = GENERATE(values<std::size_t>({12, 3}));
  CAPTURE(name, rows);
  const auto e = evaluate<double>(host::Object(use("cost", name)), outputs, targets, rows);
  for (std::size_t r = 0; r < rows; ++r) CHECK(e.values.data()[r] == e.per_row.data()[r]);
}

TEST_CASE("a cost scales its slopes and nothing else", "[plugins][cost]") {
  const auto name = GENERATE(from_range(names("cost")));
  const auto rows = GENERATE(values<std::size_t>({12, 3}));
  CAPTURE(name, rows);
  const host::Object cost(use("cost", name));
  const auto once = evaluate<double>(cost, outputs, targets, rows, 1);
  const auto half = evaluate<double>(cost, outputs, targets, rows, 0.5);  // exact in binary
  for (std::size_t i = 0; i < outputs.size(); ++i)
    CHECK(half.slopes.data()[i] == once.slopes.data()[i] / 2);
  for (std::size_t r = 0; r < rows; ++r) CHECK(half.per_row.data()[r] == once.per_row.data()[r]);
}

TEST_CASE("one target serves all rows where the stride is 0", "[plugins][cost]") {
  const auto name = GENERATE(from_range(names("cost")));
  const auto rows = GENERATE(values<std::size_t>({12, 4}));
  CAPTURE(name, rows);
  const host::Object cost(use("cost", name));
  const std::size_t cols = outputs.size() / rows;
  std::vector<double> repeated;
  for (std::size_t i = 0; i < outputs.size(); ++i) repeated.push_back(targets[i % cols]);
  const auto expected = evaluate<double>(cost, outputs, repeated, rows);
  Buffer<double> y(12), t(cols), found(rows);
  std::copy(outputs.begin(), outputs.end(), y.data());
  std::copy_n(targets.begin(), cols, t.data());
  const auto& fns = cost.functions<nnrun_cost>().by_dtype[NNRUN_F64];
  cost.call("value", fns.value, y.data(), t.data(), 0, found.data(), rows, cols);
  for (std::size_t r = 0; r < rows; ++r) CHECK(found.data()[r] == expected.values.data()[r]);
}

TEST_CASE("every cost agrees in float and double", "[plugins][cost]") {
  const auto name = GENERATE(from_range(names("cost")));
  CAPTURE(name);
  const host::Object cost(use("cost", name));
  const auto exact = evaluate<double>(cost, outputs, targets, 4);
  const auto rounded = evaluate<float>(cost, outputs, targets, 4);
  for (std::size_t r = 0; r < 4; ++r)
    CHECK(rounded.values.data()[r] == Approx(exact.values.data()[r]).epsilon(2e-6));
  for (std::size_t i = 0; i < 12; ++i)
    CHECK(rounded.slopes.data()[i] == Approx(exact.slopes.data()[i]).epsilon(5e-6).margin(1e-6));
}

TEST_CASE("slopes of a cost leave zeros behind the last number", "[plugins][cost]") {
  const auto name = GENERATE(from_range(names("cost")));
  const auto cols = GENERATE(values<std::size_t>({1, 3}));
  CAPTURE(name, cols);
  const host::Object cost(use("cost", name));
  const std::size_t rows = 3;
  Buffer<double> y(rows * cols), t(rows * cols), dy(rows * cols), per_row(rows);
  std::copy_n(outputs.begin(), rows * cols, y.data());
  const std::size_t end = host::padded(rows * cols);
  for (std::size_t i = rows * cols; i < end; ++i) y.data()[i] = std::nan(""), dy.data()[i] = 7;
  const auto& fns = cost.functions<nnrun_cost>().by_dtype[NNRUN_F64];
  cost.call("slope", fns.slope, y.data(), t.data(), cols, 1, dy.data(), per_row.data(), rows, cols);
  for (std::size_t i = rows * cols; i < end; ++i) CHECK(dy.data()[i] == 0);
}

TEST_CASE("sum_squared_error is the article's cost", "[plugins][cost]") {
  const host::Object cost(use("cost", "sum_squared_error"));
  // worked by hand: (0.5 − 1)² + (0.25 − 0)² = 0.3125; slopes 2 (y − t) = −1 and 0.5
  const auto e = evaluate<double>(cost, {0.5, 0.25}, {1, 0}, 1);
  CHECK(e.values.data()[0] == 0.3125);
  CHECK(e.slopes.data()[0] == -1);
  CHECK(e.slopes.data()[1] == 0.5);
}

}  // namespace nnrun::testing
