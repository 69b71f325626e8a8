#include <cmath>
#include <nnrun/normal.hpp>
#include <numeric>

#include "network/random.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Settings = std::vector<std::pair<std::string, host::Value>>;

std::vector<double> drawn(const std::string& name, const Settings& settings, std::size_t units,
                          std::size_t inputs) {
  host::Random random(use("random", "philox"), 3);
  host::Stream stream(random, "init/dense_1/weights", 0);
  const host::Object init(use("initializer", name, settings));
  const nnrun_shape shape{2, {units, inputs}};
  std::vector<double> w(units * inputs);
  init.call("fill", init.functions<nnrun_initializer>().fill, stream.lent(), &shape, inputs, units,
            w.data());
  return w;
}

double mean_of(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.) / static_cast<double>(x.size());
}
double deviation_of(const std::vector<double>& x) {
  const double mean = mean_of(x);
  double sum = 0;
  for (const double v : x) sum += (v - mean) * (v - mean);
  return std::sqrt(sum / static_cast<double>(x.size()));
}

/// Returns Kolmogorov and Smirnov's statistic: the largest distance between the numbers and a
/// distribution.
template <class F>
double distance(std::vector<double> x, F below) {
  std::ranges::sort(x);
  double most = 0;
  const double n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = below(x[i]), rank = static_cast<double>(i);
    most = std::max({most, std::abs(p - rank / n), std::abs(p - (rank + 1) / n)});
  }
  return most;
}
double normal_below(double x) {
  return std::erfc(-x / std::sqrt(2.)) / 2;
}

constexpr std::size_t units = 100, inputs = 50;
const double far = 1.95 / std::sqrt(double{units * inputs});  // exceeded once in a thousand seeds

}  // namespace

TEST_CASE("the normal quantile is the inverse of the distribution function", "[plugins][normal]") {
  for (double p = 0.001; p < 1; p += 0.001)
    CHECK(normal_below(nnrun::normal_quantile(p)) == Approx(p).epsilon(4e-15));
  for (double p = 1e-3; p > 1e-300; p /= 17)  // x² multiplies the roundings of x
    CHECK(normal_below(nnrun::normal_quantile(p)) == Approx(p).epsilon(2e-15 * -std::log(p)));
  // by mpmath, 30 digits
  CHECK(nnrun::normal_quantile(0.01) == Approx(-2.32634787404084109).epsilon(1e-15));
  CHECK(nnrun::normal_quantile(0.3) == Approx(-0.524400512708040816).epsilon(1e-15));
  CHECK(nnrun::normal_quantile(1e-20) == Approx(-9.26234008979840758).epsilon(1e-15));
  CHECK(nnrun::normal_quantile(1e-300) == Approx(-37.0470962993611992).epsilon(1e-15));
  CHECK(nnrun::normal_quantile(0.5) == 0);
}

TEST_CASE("a normal number is finite for every uniform one, and symmetric", "[plugins][normal]") {
  CHECK(nnrun::normal_from_uniform(0) == nnrun::normal_quantile(0x1p-54));
  CHECK(nnrun::normal_from_uniform(1 - 0x1p-53) == -nnrun::normal_from_uniform(0));
  for (const double u : {0x1p-53, 0.125, 0.375})
    CHECK(nnrun::normal_from_uniform(u) == -nnrun::normal_from_uniform(1 - u - 0x1p-53));
  CHECK(nnrun::normal_from_uniform(0.5) > 0);
}

TEST_CASE("normal initializers have their means, deviations and shape", "[plugins][initializer]") {
  struct Case {
    const char* name;
    Settings settings;
    double mean, deviation;
  };
  const std::vector<Case> cases{{"normal", {}, 0, 1},
                                {"normal", {{"mean", 2.}, {"stddev", 0.25}}, 2, 0.25},
                                {"glorot_normal", {}, 0, std::sqrt(2. / (units + inputs))},
                                {"he_normal", {}, 0, std::sqrt(2. / inputs)},
                                {"lecun_normal", {}, 0, std::sqrt(1. / inputs)}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const std::vector<double> w = drawn(c.name, c.settings, units, inputs);
    // 4 standard errors of 5000 numbers: 4 σ / √5000, and a share of 4 / √10000
    CHECK(mean_of(w) == Approx(c.mean).margin(4 * c.deviation / std::sqrt(5000.)));
    CHECK(deviation_of(w) == Approx(c.deviation).epsilon(0.04));
    CHECK(distance(w, [&](double x) { return normal_below((x - c.mean) / c.deviation); }) < far);
  }
}

TEST_CASE("truncated_normal is the normal within two deviations", "[plugins][initializer]") {
  const std::vector<double> w =
      drawn("truncated_normal", {{"mean", 1.}, {"stddev", 0.5}}, units, inputs);
  for (const double x : w) REQUIRE((x >= 0 && x <= 2));
  CHECK(deviation_of(w) == Approx(0.5 * 0.8796256610342398).epsilon(0.04));
  const double cut = normal_below(-2);
  const auto below = [&](double x) { return (normal_below((x - 1) / 0.5) - cut) / (1 - 2 * cut); };
  CHECK(distance(w, below) < far);
}

TEST_CASE("he_uniform and constant keep to their values", "[plugins][initializer]") {
  const double a = std::sqrt(6. / inputs);
  const std::vector<double> w = drawn("he_uniform", {}, units, inputs);
  CHECK(distance(w, [&](double x) { return std::clamp((x + a) / (2 * a), 0., 1.); }) < far);
  CHECK(drawn("constant", {{"value", 0.1}}, 2, 2) == std::vector<double>(4, 0.1));
}

TEST_CASE("orthogonal gives rows or columns of length gain at right angles",
          "[plugins][initializer]") {
  using Size = std::pair<std::size_t, std::size_t>;
  const Size size = GENERATE(values<Size>({{30, 30}, {7, 19}, {19, 7}, {1, 5}}));
  const auto [rows, cols] = size;
  CAPTURE(rows, cols);
  const std::vector<double> w = drawn("orthogonal", {{"gain", 3.}}, rows, cols);
  const std::size_t n = std::min(rows, cols), length = std::max(rows, cols);
  const auto at = [&](std::size_t i, std::size_t k) {
    return size.first <= size.second ? w[i * size.second + k] : w[k * size.second + i];
  };
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      double product = 0;
      for (std::size_t k = 0; k < length; ++k) product += at(i, k) * at(j, k);
      CHECK(product == Approx(i == j ? 9 : 0).epsilon(1e-13).margin(1e-13));
    }
}

TEST_CASE("orthogonal is the Q of normal numbers whose R has a positive diagonal",
          "[plugins][initializer]") {
  const std::size_t n = 6;
  const std::vector<double> q = drawn("orthogonal", {}, n, n), a = drawn("normal", {}, n, n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {  // row j of A has no part along row i > j of Q
      double r = 0;
      for (std::size_t k = 0; k < n; ++k) r += q[i * n + k] * a[j * n + k];
      if (i == j)
        CHECK(r > 0);
      else
        CHECK(r == Approx(0).margin(1e-13));
    }
}

TEST_CASE("orthogonal refuses a vector", "[plugins][initializer]") {
  host::Random random(use("random", "philox"), 3);
  host::Stream stream(random, "init/dense_1/bias", 0);
  const host::Object init(use("initializer", "orthogonal"));
  const nnrun_shape shape{1, {4}};
  std::vector<double> w(4);
  CHECK_THROWS_WITH(init.call("fill", init.functions<nnrun_initializer>().fill, stream.lent(),
                              &shape, 3, 4, w.data()),
                    Catch::Contains("orthogonal needs a matrix, not a vector"));
}

}  // namespace nnrun::testing
