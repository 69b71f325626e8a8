// Initializers and metrics.
#include <cmath>

#include "network/buffer.hpp"
#include "network/random.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

std::vector<double> filled(const host::Use& initializer, std::size_t units, std::size_t inputs,
                           std::uint64_t seed = 1) {
  host::Random random(use("random", "philox"), seed);
  host::Stream stream(random, "init/dense_1/weights", 0);
  const host::Object init(initializer);
  const nnrun_shape shape{2, {units, inputs}};
  std::vector<double> w(units * inputs, 1e300);
  init.call("fill", init.functions<nnrun_initializer>().fill, stream.lent(), &shape, inputs, units,
            w.data());
  return w;
}

double metric(const std::string& name, std::vector<double> y, std::vector<double> t,
              std::size_t rows) {
  const host::Object m(use("metric", name));
  double value = 0;
  m.call("value", m.functions<nnrun_metric>().value[NNRUN_F64], y.data(), t.data(), rows,
         y.size() / rows, &value);
  return value;
}

}  // namespace

TEST_CASE("an initializer fills every number, the same for the same seed",
          "[plugins][initializer]") {
  const auto name = GENERATE(from_range(names("initializer")));
  CAPTURE(name);
  const auto once = filled(use("initializer", name), 7, 5),
             again = filled(use("initializer", name), 7, 5);
  CHECK(once == again);
  for (const double w : once) CHECK(std::abs(w) < 1e3);
}

TEST_CASE("uniform and glorot_uniform keep to their ranges and fill them",
          "[plugins][initializer]") {
  const auto extremes = [](const std::vector<double>& w) {
    return std::pair{*std::ranges::min_element(w), *std::ranges::max_element(w)};
  };
  const auto [low, high] =
      extremes(filled(use("initializer", "uniform", {{"low", -2.}, {"high", 3.}}), 100, 50));
  CHECK((low >= -2 && low < -1.99 && high < 3 && high > 2.99));
  const auto [bottom, top] = extremes(filled(use("initializer", "glorot_uniform"), 100, 50));
  const double a = 0.2;  // √(6 / (100 + 50))
  CHECK((bottom >= -a && bottom < -0.99 * a && top < a && top > 0.99 * a));
  CHECK_THROWS_WITH(filled(use("initializer", "uniform", {{"low", 1.}, {"high", 1.}}), 2, 2),
                    Catch::Contains("'low' must be less than 'high'"));
}

TEST_CASE("accuracy counts right answers", "[plugins][metric]") {
  CHECK(metric("accuracy", {0.9, 0.2, 0.6, 0.4}, {1, 0, 0, 1}, 4) == 0.5);
  CHECK(metric("accuracy", {0.1, 0.7, 0.2, 0.5, 0.3, 0.2}, {0, 1, 0, 0, 0, 1}, 2) == 0.5);
}

TEST_CASE("every metric is finite and agrees in float and double", "[plugins][metric]") {
  const auto name = GENERATE(from_range(names("metric")));
  CAPTURE(name);
  // mean_absolute_percentage_error is not defined for a target of 0
  const double no = name == "mean_absolute_percentage_error" ? 0.5 : 0;
  const std::vector<double> y{0.9, 0.25, 0.625, 0.375}, t{1, no, no, 1};
  const host::Object m(use("metric", name));
  const std::vector<float> fy(y.begin(), y.end()), ft(t.begin(), t.end());
  double narrow = 0;
  m.call("value", m.functions<nnrun_metric>().value[NNRUN_F32], fy.data(), ft.data(), 4, 1,
         &narrow);
  CHECK(narrow == Approx(metric(name, y, t, 4)).epsilon(1e-6));
}

}  // namespace nnrun::testing
