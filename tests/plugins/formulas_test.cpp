// Formulas written in configs, against the C library's numbers, finite differences and the compiled
// classes.
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <nnrun/number.hpp>
#include <string>

#include "network/buffer.hpp"
#include "support/plugins.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Texts = std::vector<std::string>;

host::Object activation(const std::string& formula, const Texts& numbers = {}) {
  return host::Object(use("activation", "formula", {{"formula", formula}, {"numbers", numbers}}));
}
host::Object cost(const std::string& formula, const Texts& numbers = {}, bool mean = false) {
  return host::Object(
      use("cost", "formula", {{"formula", formula}, {"numbers", numbers}, {"mean", mean}}));
}

template <class T>
struct Both {
  std::vector<T> a, dz;
};
template <class T>
Both<T> both(const host::Object& f, const std::vector<double>& z, double da = 1) {
  const auto& fns = f.functions<nnrun_activation>().by_dtype[host::dtype_of<T>];
  const std::size_t n = z.size();
  host::Buffer<T> in(n), a(n), slopes(n), dz(n);
  for (std::size_t i = 0; i < n; ++i)
    in.data()[i] = static_cast<T>(z[i]), slopes.data()[i] = static_cast<T>(da);
  f.call("forward", fns.forward, in.data(), a.data(), 1, n);
  f.call("backward", fns.backward, in.data(), a.data(), slopes.data(), dz.data(), 1, n);
  return {{a.data(), a.data() + n}, {dz.data(), dz.data() + n}};
}

std::vector<double> points(std::size_t n, double from, double to) {
  std::vector<double> x;
  for (std::size_t i = 0; i < n; ++i)
    x.push_back(from + (to - from) * (static_cast<double>(i) + 0.37) / static_cast<double>(n));
  return x;
}

struct Known {
  const char* formula;
  std::function<double(double)> value;
  double from = -3, to = 3;
};
const std::vector<Known>& known() {
  const auto sigma = [](double x) { return 1 / (1 + std::exp(-x)); };
  static const std::vector<Known> all{
      {"x", [](double x) { return x; }},
      {"2 * x + 1", [](double x) { return 2 * x + 1; }},
      {"1 - x / 4 - 2", [](double x) { return 1 - x / 4 - 2; }},
      {"-x^2", [](double x) { return -(x * x); }},
      {"(-x)^3", [](double x) { return -x * x * x; }},
      {"2^-x", [](double x) { return std::exp2(-x); }},
      {"x^3^2 / 100", [](double x) { return std::pow(x, 9) / 100; }},
      {"x^-2", [](double x) { return 1 / (x * x); }, 0.5, 3},
      {"x^1.7", [](double x) { return std::pow(x, 1.7); }, 0.1, 3},
      {"x^0.5", [](double x) { return std::sqrt(x); }, 0.1, 3},
      {"x^x", [](double x) { return std::pow(x, x); }, 0.1, 3},
      {"x * sigmoid(1.5 * x)", [=](double x) { return x * sigma(1.5 * x); }},
      {"x * tanh(softplus(x))", [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }},
      {"exp(-x^2)", [](double x) { return std::exp(-x * x); }},
      {"expm1(x) + log1p(x^2)", [](double x) { return std::expm1(x) + std::log1p(x * x); }},
      {"log(1 + x*x) / sqrt(2 + cos(x))",
       [](double x) { return std::log(1 + x * x) / std::sqrt(2 + std::cos(x)); }},
      {"sin(pi * x) * e", [](double x) { return std::sin(M_PI * x) * M_E; }},
      {"x * (1 + erf(x / sqrt(2))) / 2", [](double x) { return x * std::erfc(-x / M_SQRT2) / 2; }},
      {"erfc(x)", [](double x) { return std::erfc(x); }},
      {"abs(x) / (1 + abs(x))", [](double x) { return std::fabs(x) / (1 + std::fabs(x)); }},
      {"max(x, 0)", [](double x) { return std::fmax(x, 0); }},
      {"min(1, max(-1, x))", [](double x) { return std::clamp(x, -1., 1.); }},
      {"sign(x) * x", [](double x) { return std::fabs(x); }},
      {"where(x > 0, x, expm1(x))", [](double x) { return x > 0 ? x : std::expm1(x); }},
      {"where(x*x <= 1, x, 1/x)", [](double x) { return x * x <= 1 ? x : 1 / x; }},
      {"where(0 < x, log(x), x)", [](double x) { return x > 0 ? std::log(x) : x; }},
      {"1.5e-1*x+.5", [](double x) { return 0.15 * x + 0.5; }}};
  return all;
}

std::string refusal_of(const std::string& formula, const Texts& numbers = {},
                       decltype(&activation) made = activation) {
  try {
    made(formula, numbers);
  } catch (const host::ConfigError& error) {
    const host::Problem& problem = error.problems().front();
    return problem.what + (problem.hint.empty() ? "" : " | " + problem.hint);
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a formula is what mathematics says, in both precisions", "[plugins][formula]") {
  for (const Known& one : known()) {
    CAPTURE(one.formula);
    const std::vector<double> x = points(203, one.from, one.to);
    const host::Object f = activation(one.formula);
    const auto wide = both<double>(f, x);
    const auto narrow = both<float>(f, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      CAPTURE(x[i]);
      CHECK(wide.a[i] == Approx(one.value(x[i])).epsilon(1e-13).margin(1e-14));
      CHECK(narrow.a[i] == Approx(one.value(x[i])).epsilon(2e-5).margin(2e-5));
    }
  }
}

TEST_CASE("whole powers take numbers below 0, however large they are", "[plugins][formula]") {
  for (const int power : {64, 65, 66, 129, 1000}) {
    CAPTURE(power);
    const std::vector<double> x{-1.01, -0.99, -1, 0, 1.01};
    const auto found = both<double>(activation("x^" + std::to_string(power)), x);
    for (std::size_t i = 0; i < x.size(); ++i)
      CHECK(found.a[i] == Approx(std::pow(x[i], power)).epsilon(1e-12));
  }
}

TEST_CASE("a formula's slope is the slope of its value", "[plugins][formula]") {
  const double h = 1e-5;
  for (const Known& one : known()) {
    CAPTURE(one.formula);
    const std::vector<double> x = points(203, one.from, one.to);
    const auto found = both<double>(activation(one.formula), x, 2);
    for (std::size_t i = 0; i < x.size(); ++i) {
      CAPTURE(x[i]);
      const double slope = (one.value(x[i] + h) - one.value(x[i] - h)) / (2 * h);
      const double left = (one.value(x[i]) - one.value(x[i] - h)) / h,
                   right = (one.value(x[i] + h) - one.value(x[i])) / h;
      if (std::fabs(left - right) > 0.01 * (1 + std::fabs(slope))) continue;  // a kink in between
      CHECK(found.dz[i] == Approx(2 * slope).epsilon(1e-5).margin(1e-5));
    }
  }
}

TEST_CASE("at a kink a formula's slope is that of compiled formulas", "[plugins][formula]") {
  CHECK(both<double>(activation("abs(x)"), {0}).dz[0] == 0);
  CHECK(both<double>(activation("max(0, x)"), {0}).dz[0] == 0);  // of equals, the first one's
  CHECK(both<double>(activation("max(x, 0)"), {0}).dz[0] == 1);
  CHECK(both<double>(activation("where(x > 0, x, 0)"), {0}).dz[0] == 0);
  CHECK(both<double>(activation("x^3"), {0}).dz[0] == 0);
  CHECK(both<double>(activation("sqrt(abs(x)) * 0 + x"), {0}).dz[0] == 1);
}

TEST_CASE("a formula's slope is a number where something in it overflows or has no bound",
          "[plugins][formula]") {
  struct Far {
    const char* formula;
    double x, value, slope;
  };
  // by hand: limits, and by symmetry those of |x|
  const std::vector<Far> all{{"1 / (1 + exp(-x))", -1000, 0, 0},
                             {"1 / (1 + exp(-x))", 1000, 1, 0},
                             {"1 / (1 + exp(-x))^2", -1000, 0, 0},
                             {"x / (1 + exp(-x))", -1000, 0, 0},
                             {"2 / (exp(x) + exp(-x))", 1000, 0, 0},
                             {"exp(-exp(-x))", -1000, 0, 0},
                             {"tanh(exp(x))", 1000, 1, 0},
                             {"1 / (1 + x^100)", 1e10, 0, 0},
                             {"abs(x)^0.5", 0, 0, 0},
                             {"abs(x)^0.3", 0, 0, 0},
                             {"sqrt(abs(x))", 0, 0, 0},
                             {"x^x", 0, 1, 0},
                             {"abs(x)^(abs(x) + 2)", 0, 0, 0},
                             {"(x + 2)^(x - 1)", 1, 1, std::log(3)}};
  for (const Far& one : all) {
    CAPTURE(one.formula, one.x);
    const auto wide = both<double>(activation(one.formula), {one.x}, 2);
    const auto narrow = both<float>(activation(one.formula), {one.x}, 2);
    CHECK(wide.a[0] == one.value);
    CHECK(narrow.a[0] == static_cast<float>(one.value));
    CHECK(wide.dz[0] == Approx(2 * one.slope).margin(0));
    CHECK(narrow.dz[0] == Approx(2 * one.slope).epsilon(1e-6).margin(0));
  }
  CHECK(both<float>(activation("1 / (1 + exp(-x))"), {-100}).dz[0] == 0);  // in double it is 4e-44
  // where it truly has no bound, it says so; where there is no number, it is none
  CHECK(both<double>(activation("sqrt(x)"), {0}).dz[0] == INFINITY);
  CHECK(both<double>(activation("sqrt(x)"), {0}, 0).dz[0] == 0);
  CHECK(std::isnan(both<double>(activation("log(x)"), {-1}).a[0]));
}

TEST_CASE("what one side of a choice cannot say does not reach the other", "[plugins][formula]") {
  const auto found = both<double>(activation("where(x > 0, log(x), 2 * x)"), {-1, 0, 1});
  CHECK(found.a == std::vector<double>{-2, 0, 0});
  CHECK(found.dz == std::vector<double>{2, 2, 1});
}

TEST_CASE("a formula has the bits of the compiled class of the same formula",
          "[plugins][formula]") {
  const std::vector<double> x = points(1000, -20, 20);
  const auto same = [&](const std::string& formula, const Texts& numbers,
                        const host::Use& compiled) {
    CAPTURE(formula);
    const host::Object own = activation(formula, numbers), other(compiled);
    CHECK(both<double>(own, x).a == both<double>(other, x).a);
    CHECK(both<float>(own, x).a == both<float>(other, x).a);
  };
  same("x * sigmoid(beta * x)", {"beta=0.7"}, use("activation", "silu", {{"beta", 0.7}}));
  same("tanh(x)", {}, use("activation", "tanh"));
  same("exp(-(x * x))", {}, use("activation", "gaussian"));
  same("max(x, 0)", {}, use("activation", "relu"));
}

namespace {

template <class T>
std::vector<double> extremes() {
  std::vector<double> x{0., -0.};
  for (const double size : {static_cast<double>(std::numeric_limits<T>::denorm_min()),
                            1e-40,
                            1e-38,
                            1e-20,
                            1e-9,
                            0.3,
                            0.5,
                            1.,
                            2.,
                            3.7,
                            8.,
                            17.3,
                            40.,
                            88.7,
                            104.,
                            709.7,
                            746.,
                            1e4,
                            1e10,
                            1e19,
                            1e30,
                            1e38,
                            static_cast<double>(std::numeric_limits<T>::max())})
    for (const double sign : {1., -1.}) x.push_back(sign * size);
  if (sizeof(T) == 8)
    for (const double size : {1e-308, 1e-300, 1e-160, 1e155, 1e300})
      x.insert(x.end(), {size, -size});
  return x;
}

/// Returns whether two numbers are both none, or as near as a few roundings leave them.
template <class T>
bool agree(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  const T size = std::max(std::fabs(a), std::fabs(b));
  return std::isfinite(size) && std::fabs(a - b) <= 8 * std::numeric_limits<T>::epsilon() * size +
                                                        8 * std::numeric_limits<T>::denorm_min();
}

template <class T, class F>
void check_twin_in(const std::string& formula, F compiled) {
  const std::vector<double> x = extremes<T>();
  const Both<T> found = both<T>(activation(formula), x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const T at = static_cast<T>(x[i]);
    const nnrun::Num<T> value = compiled(nnrun::Num<T>(at));
    const nnrun::Dual<T> dual = compiled(nnrun::Dual<T>(at, T(1)));
    CAPTURE(formula, sizeof(T), at, found.a[i], value.v, found.dz[i], dual.d);
    CHECK((std::isnan(value.v) ? std::isnan(found.a[i])
                               : std::memcmp(&value.v, &found.a[i], sizeof(T)) == 0));
    CHECK(agree(found.dz[i], dual.d));
  }
}
template <class F>
void check_twin(const std::string& formula, F compiled) {
  check_twin_in<double>(formula, compiled);
  check_twin_in<float>(formula, compiled);
}

/// A power has a slope that is one, too: by the chain rule, exp and log lose digits, and overflow
/// before it does.
template <class T>
void check_power() {
  const std::vector<double> x = extremes<T>();
  const Both<T> found = both<T>(activation("x^2.5"), x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const nnrun::Num<T> at(static_cast<T>(x[i])), value = exp(log(at) * 2.5),
                                                  slope = exp(log(at) * 1.5) * 2.5;
    CAPTURE(sizeof(T), x[i], found.a[i], value.v, found.dz[i], slope.v);
    CHECK(((std::isnan(value.v) && std::isnan(found.a[i])) || value.v == found.a[i]));
    CHECK(agree(found.dz[i], slope.v));
  }
}

}  // namespace

TEST_CASE("far from where it is tame a formula agrees with the compiled one, slope and all",
          "[plugins][formula]") {
#define CHECK_TWIN(FORMULA, WRITTEN) check_twin(FORMULA, [](auto x) { return WRITTEN; })
  CHECK_TWIN("log(x)", log(x));
  CHECK_TWIN("log(abs(x))", log(abs(x)));
  CHECK_TWIN("log1p(x)", log1p(x));
  CHECK_TWIN("1 / x", 1 / x);
  CHECK_TWIN("x / x", x / x);
  CHECK_TWIN("1 / (1 - x)", 1 / (1 - x));
  CHECK_TWIN("x / (1 - x * x)", x / (1 - x * x));
  CHECK_TWIN("sqrt(x)", sqrt(x));
  CHECK_TWIN("sqrt(1 - x)", sqrt(1 - x));
  CHECK_TWIN("x * sqrt(abs(x))", x * sqrt(abs(x)));
  CHECK_TWIN("exp(x)", exp(x));
  CHECK_TWIN("exp(exp(x))", exp(exp(x)));
  CHECK_TWIN("expm1(x) / x", expm1(x) / x);
  CHECK_TWIN("exp(-x) * x", exp(-x) * x);
  CHECK_TWIN("log(exp(x) - 1)", log(exp(x) - 1));
  CHECK_TWIN("log(softplus(x))", log(softplus(x)));
  CHECK_TWIN("log(sigmoid(x))", log(sigmoid(x)));
  CHECK_TWIN("log(1 - tanh(x))", log(1 - tanh(x)));
  CHECK_TWIN("tanh(x) / sin(x)", tanh(x) / sin(x));
  CHECK_TWIN("cos(x) * x - sin(x)", cos(x) * x - sin(x));
  CHECK_TWIN("erf(x) - erfc(x)", erf(x) - erfc(x));
  CHECK_TWIN("x * x * x", x * x * x);
  CHECK_TWIN("x^2", x * x);
  CHECK_TWIN("x^-1", 1 / x);
  check_power<double>();
  check_power<float>();
  CHECK_TWIN("max(x, 1 / x)", max(x, 1 / x));
  CHECK_TWIN("min(x, log(x))", min(x, log(x)));
  CHECK_TWIN("abs(abs(x) - 1) / abs(x)", abs(abs(x) - 1) / abs(x));
  CHECK_TWIN("where(x < 0, log(-x), sqrt(x))", x < 0 ? log(-x) : sqrt(x));
  CHECK_TWIN("where(x > 1, 1 / (x - 1), x / (1 - x))", x > 1 ? 1 / (x - 1) : x / (1 - x));
#undef CHECK_TWIN
  std::string deep = "x";
  for (int i = 0; i < 16; ++i) deep = "tanh(1 + " + deep + ")";
  check_twin(deep, [](auto x) {
    for (int i = 0; i < 16; ++i) x = tanh(1 + x);
    return x;
  });
}

TEST_CASE("a number's value is the same wherever it stands and however many there are",
          "[plugins][formula]") {
  const host::Object f = activation("x * sigmoid(2 * x) + where(x > 0, sin(x), x^2.5)");
  const std::vector<double> x = points(700, -4, 4);
  const auto all = both<double>(f, x);
  const auto all_floats = both<float>(f, x);
  const auto bits = [](auto a, auto b) { return std::memcmp(&a, &b, sizeof a) == 0; };
  for (std::size_t n : {1u, 2u, 7u, 8u, 9u, 127u, 128u, 129u, 255u, 256u, 257u, 640u}) {
    for (const std::size_t from : {0u, 1u, 5u, 43u}) {
      const auto begin = x.begin() + static_cast<std::ptrdiff_t>(from);
      const std::vector<double> some(begin, begin + static_cast<std::ptrdiff_t>(n));
      const auto part = both<double>(f, some);
      const auto part_floats = both<float>(f, some);
      bool same = true;
      for (std::size_t i = 0; i < n; ++i)
        same = same && bits(part.a[i], all.a[from + i]) && bits(part.dz[i], all.dz[from + i]) &&
               bits(part_floats.a[i], all_floats.a[from + i]) &&
               bits(part_floats.dz[i], all_floats.dz[from + i]);
      CAPTURE(n, from);
      CHECK(same);
    }
  }
}

TEST_CASE("outputs may stand where inputs stood", "[plugins][formula]") {
  const host::Object f = activation("x * x - tanh(x) / (1 + x^2)");
  const std::vector<double> x = points(300, -2, 2);
  const auto apart = both<double>(f, x);
  const auto& fns = f.functions<nnrun_activation>().by_dtype[NNRUN_F64];
  host::Buffer<double> z(x.size()), slopes(x.size());
  std::ranges::copy(x, z.data());
  std::fill_n(slopes.data(), x.size(), 1.);
  host::Buffer<double> a(x.size());
  f.call("forward", fns.forward, z.data(), a.data(), 1, x.size());
  f.call("backward", fns.backward, z.data(), a.data(), slopes.data(), slopes.data(), 1, x.size());
  f.call("forward", fns.forward, z.data(), z.data(), 1, x.size());
  CHECK(std::vector<double>(z.data(), z.data() + x.size()) == apart.a);
  CHECK(std::vector<double>(slopes.data(), slopes.data() + x.size()) == apart.dz);
}

namespace {
struct Costs {
  std::vector<double> values, per_row, slopes;
};
Costs costs_of(const host::Object& f, std::size_t rows, std::size_t cols, std::size_t stride,
               double scale) {
  const auto& fns = f.functions<nnrun_cost>().by_dtype[NNRUN_F64];
  host::Buffer<double> y(rows * cols), t(stride == 0 ? cols : rows * stride), values(rows),
      per_row(rows), slopes(rows * cols);
  for (std::size_t i = 0; i < rows * cols; ++i) y.data()[i] = std::sin(1. + static_cast<double>(i));
  for (std::size_t i = 0; i < (stride == 0 ? cols : rows * stride); ++i)
    t.data()[i] = std::cos(2. * static_cast<double>(i));
  f.call("value", fns.value, y.data(), t.data(), stride, values.data(), rows, cols);
  f.call("slope", fns.slope, y.data(), t.data(), stride, scale, slopes.data(), per_row.data(), rows,
         cols);
  return {{values.data(), values.data() + rows},
          {per_row.data(), per_row.data() + rows},
          {slopes.data(), slopes.data() + slopes.size()}};
}
}  // namespace

TEST_CASE("a cost's formula has the bits of the compiled one, for any rows and strides",
          "[plugins][formula]") {
  const auto rows = GENERATE(values<std::size_t>({1, 2, 9, 127, 128, 129, 300}));
  const auto cols = GENERATE(values<std::size_t>({1, 3, 10, 129, 200}));
  const bool one_target = GENERATE(false, true);
  CAPTURE(rows, cols, one_target);
  const std::size_t stride = one_target ? 0 : cols;
  const auto sum = costs_of(cost("(y - t) * (y - t)"), rows, cols, stride, 0.25);
  const auto compiled =
      costs_of(host::Object(use("cost", "sum_squared_error")), rows, cols, stride, 0.25);
  CHECK(sum.values == compiled.values);
  CHECK(sum.per_row == compiled.values);
  REQUIRE(sum.slopes.size() == compiled.slopes.size());
  for (std::size_t i = 0; i < sum.slopes.size(); ++i)
    CHECK(sum.slopes[i] == Approx(compiled.slopes[i]).epsilon(1e-15));
  const auto mean = costs_of(cost("(y - t)^2", {}, true), rows, cols, stride, 0.25);
  const auto mean_compiled =
      costs_of(host::Object(use("cost", "mean_squared_error")), rows, cols, stride, 0.25);
  for (std::size_t r = 0; r < rows; ++r)
    CHECK(mean.values[r] == Approx(mean_compiled.values[r]).epsilon(1e-15));
}

TEST_CASE("a config's wrong formulas are shown at their characters", "[plugins][formula]") {
  const std::string folder = NNRUN_SOURCE_DIR "/tests/plugins/";
  std::string said;
  try {
    host::read_experiment(folder + "wrong_formulas.yaml", {}, registry());
  } catch (const host::ConfigError& error) {
    said = host::render(error, false);
  }
  for (std::size_t at; (at = said.find(folder)) != std::string::npos;)
    said.erase(at, folder.size());
  std::ifstream in(folder + "wrong_formulas.txt");
  CHECK(said == std::string(std::istreambuf_iterator<char>(in), {}));
}

TEST_CASE("numbers of a formula are keys, in --set and in the resolved config too",
          "[plugins][formula]") {
  const std::string yaml = R"(
data: {type: diagonal, train: 5, test: 0}
model:
  defaults: {activation: tanh}
  layers: [{type: dense, units: 1, activation: {formula: x * sigmoid(beta * x), beta: 1.5}}]
train: {cost: {formula: (y - t)^2 * c, c: 3}}
)";
  const host::Experiment e = experiment(yaml, {{"model.layers.dense_1.activation.beta", "2"},
                                               {"train.cost", "{formula: (y - t)^4}"}});
  const std::string resolved = host::resolved_yaml(e);
  CHECK(resolved.find("type: formula, formula: \"x * sigmoid(beta * x)\", beta: 2") !=
        std::string::npos);
  CHECK(resolved.find("type: formula, formula: \"(y - t)^4\", mean: false") != std::string::npos);
  CHECK(host::resolved_yaml(experiment(resolved)) == resolved);
  // a class in place of a formula
  const host::Experiment other = experiment(
      yaml, {{"model.layers.dense_1.activation", "sigmoid"}, {"train.cost", "half_squared_error"}});
  CHECK(other.model.layers[0].activation.plugin->name == "sigmoid");
  CHECK(other.train.cost.plugin->name == "half_squared_error");
}

TEST_CASE("a wrong formula is refused with the character and what to do", "[plugins][formula]") {
  const std::string kind = "activation 'formula': ";
  const auto says = [&](const std::string& formula, const std::string& wanted,
                        const Texts& numbers = {}) {
    CHECK(refusal_of(formula, numbers) == kind + wanted);
  };
  says("x +",
       "the formula ends where a value should follow, at character 3 | a value is a number, "
       "a name, a function such as exp(x), or a sum in brackets");
  says("",
       "the formula ends where a value should follow, at character 1 | a value is a number, a "
       "name, a function such as exp(x), or a sum in brackets");
  says("(x", "this '(' is not closed, at character 1");
  says("x)", "this ')' closes nothing, at character 2 | delete it");
  says("2x", "an operator is missing before 'x', at character 2 | write 2 * x, not 2x");
  says("x x", "an operator is missing before 'x', at character 3 | operators are + - * / and ^");
  says("x ** 2", "'**' is not an operator, at character 3 | a power is written x^2");
  says("pow(x, 2)", "unknown function 'pow', at character 1 | a power is written x^2");
  says("x(2)", "'x' is not a function, at character 1 | write x * (...)");
  says("exp", "'exp' is a function, at character 1 | write exp(...)");
  says("max(x)", "'max' takes 2 values, not 1, at character 1");
  says("exp()", "'exp' takes 1 value, not 0, at character 1");
  says("x > 0",
       "a comparison is the first value of where(...), at character 3 | write where(x > 0, "
       "x, 0)");
  says("where(x, 1, x)",
       "the first value of where(...) is a comparison, at character 8 | write where(x > 0, x, 0)");
  says("x * bta",
       "unknown name 'bta' in a formula, at character 5 | give it a value beside the "
       "formula: 'bta: 1'");
  says("3 + 4", "the formula does not use 'x'");
  says("x \xC3\x97 2",
       "an operator is missing before '\xC3\x97', at character 3 | operators are + - "
       "* / and ^");
  says("1e999 * x", "'1e999' is not a number, at character 1");
  says("x",
       "the formula does not use 'beta' | delete it; 'beta: null' drops one that a parent gives",
       {"beta=1"});
  says("x", "'pi' has a meaning of its own in a formula | give the number another name", {"pi=3"});
  says("x * a", "'a' has two values", {"a=1", "a=2"});
  says("x * a", "'a=b' is not a number with a name | write beta=1.5", {"a=b"});
  says("x", "'2a' cannot be a name in a formula | use letters, digits and '_'", {"2a=1"});
}

TEST_CASE("a cost is a formula of the output and of the target", "[plugins][formula]") {
  const auto says = [](const std::string& formula, const std::string& wanted) {
    const auto made = [](const std::string& text, const Texts& numbers) {
      return cost(text, numbers);
    };
    CHECK(refusal_of(formula, {}, made) == "cost 'formula': " + wanted);
  };
  const std::string names = " | in a cost, y is the output and t the target";
  says("y^2", "the formula does not use 't'" + names);
  says("t", "the formula does not use 'y'" + names);
  says("exp(2)", "the formula does not use 'y'" + names);
  says("x^2", "unknown name 'x' in a formula, at character 1" + names);
  says("relu(y - t)", "unknown function 'relu', at character 1 | write max(y, 0)");
  says("pow(y - t, 2)", "unknown function 'pow', at character 1 | a power is written y^2");
  says("(y_pred - t)^2", "unknown name 'y_pred' in a formula, at character 2" + names);
}

TEST_CASE("a name of a cost in an activation is told of as that", "[plugins][formula]") {
  for (const std::string name : {"y", "t"})
    CHECK(refusal_of("2 * " + name) ==
          "activation 'formula': unknown name '" + name +
              "' in a formula, at character 5 | what this formula is given is called 'x'; y and t "
              "are names in a cost");
}

TEST_CASE("a function of other tools is told in the words of a formula", "[plugins][formula]") {
  const auto hint = [](const std::string& formula) {
    const std::string said = refusal_of(formula);
    return said.substr(std::min(said.size(), said.find(" | ") + 3));
  };
  for (const auto& [theirs, ours] :
       {std::pair("relu", "max(x, 0)"), std::pair("leaky_relu", "max(x, 0.01 * x)"),
        std::pair("swish", "x * sigmoid(x)"), std::pair("gelu", "x * (1 + erf(x / sqrt(2))) / 2"),
        std::pair("sgn", "sign(x)"), std::pair("ln", "log(x)"), std::pair("tan", "sin(x) / cos(x)"),
        std::pair("elu", "where(x > 0, x, expm1(x))")}) {
    CHECK(hint(std::string(theirs) + "(x)") == "write " + std::string(ours));
    CHECK(refusal_of(ours) == "accepted");
  }
  CHECK_THAT(hint("bessel(x)"), Catch::StartsWith("functions are exp, expm1, log, "));
}

TEST_CASE("a formula that is not finite is named, with its line and the numbers that it took",
          "[plugins][formula]") {
  const auto said = [](const std::string& activation, const std::string& cost) {
    const Scratch scratch;
    const auto file = scratch.write(
        "f.yaml",
        "data: {type: diagonal, train: 20, test: 0}\nmodel:\n  layers:\n    - {type: "
        "dense, units: 1, activation: " +
            activation + ", init: {type: constant, value: -1}}\ntrain: {cost: " + cost +
            ", optimizer: {type: sgd, learning_rate: 0.1}}\n");
    const Ended ended = run("$nnrun f.yaml -q --out r", scratch.folder());
    CHECK(ended.status == 1);
    return ended.err;
  };
  CHECK_THAT(said("{formula: log(x)}", "sum_squared_error"),
             Catch::Contains("likely cause: the formula 'log(x)' (") &&
                 Catch::Contains("f.yaml:4:") && Catch::Contains("is not finite: x went from -") &&
                 Catch::Contains("help: a logarithm, a root, a quotient and a power have no value "
                                 "everywhere: write log(max(x, 1e-6))"));
  CHECK_THAT(said("none", "{formula: \"(sqrt(y) - t)^2\"}"),
             Catch::Contains("likely cause: the formula '(sqrt(y) - t)^2' (") &&
                 Catch::Contains("f.yaml:5:") &&
                 Catch::Contains("is not finite: outputs y went from -"));
}

TEST_CASE("a misspelt 'formula' without a type is told of", "[plugins][formula]") {
  const std::string yaml = R"(
data: {type: diagonal, train: 5, test: 0}
model: {layers: [{type: dense, units: 1, activation: {formual: x^2}}]}
train: {cost: {tpye: mean_squared_error}}
)";
  try {
    experiment(yaml);
    FAIL("accepted");
  } catch (const host::ConfigError& error) {
    REQUIRE(error.problems().size() == 2);
    CHECK(error.problems()[0].what == "this activation needs 'type'");
    CHECK(error.problems()[0].hint == "did you mean 'formula'?");
    CHECK(error.problems()[0].place.column == 55);
    CHECK(error.problems()[1].hint == "did you mean 'type'?");
  }
}

TEST_CASE("a formula that is too long or too deep is refused", "[plugins][formula]") {
  CHECK(refusal_of("x" + std::string(1000, ' ')).find("longer than 1000") != std::string::npos);
  CHECK(refusal_of(std::string(200, '(') + "x" + std::string(200, ')')).find("50 deep") !=
        std::string::npos);
  CHECK(refusal_of(std::string(200, '-') + "x").find("50 deep") != std::string::npos);
  std::string tower = "x";
  for (int i = 0; i < 200; ++i) tower += "^x";
  CHECK(refusal_of(tower).find("50 deep") != std::string::npos);
  CHECK(refusal_of("sin(x)^64 * cos(x)^63") == "accepted");
  std::string sum = "x";
  for (int i = 2; i < 90; ++i) sum += "+sin(" + std::to_string(i) + "*x)";
  CHECK(refusal_of(sum) == "accepted");
}

TEST_CASE("the curve of y = x in the unit square is the article's diagonal", "[plugins][formula]") {
  const std::string rest = R"(
model: {layers: [{type: dense, units: 1}]}
train: {cost: sum_squared_error, gradient: backprop, optimizer: {type: sgd, learning_rate: 1}}
)";
  const auto points_of = [&](const std::string& data) {
    const host::Experiment e = experiment("data: " + data + rest);
    const host::Object object(e.data.use);
    std::vector<double> x(20), t(10);
    std::uint64_t state = 1;
    const nnrun_stream stream{.size = sizeof(nnrun_stream),
                              .host = &state,
                              .uniform = [](void* host, double* out, size_t n) {
                                auto& s = *static_cast<std::uint64_t*>(host);
                                for (size_t i = 0; i < n; ++i) {
                                  s = s * 6364136223846793005u + 1442695040888963407u;
                                  out[i] = static_cast<double>(s >> 11) * 0x1p-53;
                                }
                                return 0;
                              }};
    object.call("read", object.functions<nnrun_dataset>().read, &stream, NNRUN_TRAIN, 0, 10,
                x.data(), t.data());
    return std::pair(x, t);
  };
  const auto curve = points_of("{type: curve, formula: x, x_range: [0, 1], y_range: [0, 1]}");
  CHECK(curve == points_of("diagonal"));
  const auto [x, t] = points_of("{type: curve, formula: \"a * sin(3 * x)\", a: 0.5}");
  for (std::size_t i = 0; i < 10; ++i)
    CHECK(t[i] == (0.5 * std::sin(3 * x[2 * i]) < x[2 * i + 1] ? 1 : 0));
}

}  // namespace nnrun::testing
