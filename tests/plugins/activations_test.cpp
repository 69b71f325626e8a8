// Activations, one by one, against their formulas in the C library's numbers.
#include <cmath>
#include <functional>

#include "network/buffer.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Settings = std::vector<std::pair<std::string, host::Value>>;

template <class T>
std::vector<double> values_of(const std::string& name, const std::vector<double>& z,
                              std::size_t rows = 1, const Settings& settings = {},
                              bool slopes = false) {
  const host::Object f(use("activation", name, settings));
  const auto& fns = f.functions<nnrun_activation>().by_dtype[host::dtype_of<T>];
  const std::size_t n = z.size(), cols = n / rows;
  host::Buffer<T> in(n), a(n), da(n), dz(n);
  for (std::size_t i = 0; i < n; ++i) in.data()[i] = static_cast<T>(z[i]), da.data()[i] = T(1);
  f.call("forward", fns.forward, in.data(), a.data(), rows, cols);
  f.call("backward", fns.backward, in.data(), a.data(), da.data(), dz.data(), rows, cols);
  const T* const found = slopes ? dz.data() : a.data();
  return {found, found + n};
}

}  // namespace

TEST_CASE("activations are their published formulas", "[plugins][activation]") {
  const auto sigma = [](double x) { return 1 / (1 + std::exp(-x)); };
  const std::vector<std::pair<std::string, std::function<double(double)>>> formulas{
      {"elu", [](double x) { return x > 0 ? x : std::expm1(x); }},
      {"gaussian", [](double x) { return std::exp(-x * x); }},
      {"gelu", [](double x) { return x * std::erfc(-x / std::sqrt(2.)) / 2; }},
      {"hard_sigmoid", [](double x) { return std::clamp(x / 6 + 0.5, 0., 1.); }},
      {"hard_tanh", [](double x) { return std::clamp(x, -1., 1.); }},
      {"identity", [](double x) { return x; }},
      {"leaky_relu", [](double x) { return x > 0 ? x : 0.01 * x; }},
      {"mish", [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }},
      {"relu", [](double x) { return std::fmax(x, 0); }},
      {"relu6", [](double x) { return std::clamp(x, 0., 6.); }},
      {"selu",
       [](double x) {
         return 1.0507009873554804934 * (x > 0 ? x : 1.6732632423543772848 * std::expm1(x));
       }},
      {"sigmoid", sigma},
      {"silu", [&](double x) { return x * sigma(x); }},
      {"sin", [](double x) { return std::sin(x); }},
      {"softplus", [](double x) { return std::log1p(std::exp(x)); }},
      {"softsign", [](double x) { return x / (1 + std::fabs(x)); }},
      {"step", [](double x) { return x > 0 ? 1. : 0.; }},
      {"tanh", [](double x) { return std::tanh(x); }}};
  const std::vector<double> x{-12, -3, -1.5, -0.25, -1e-9, 0, 1e-9, 0.5, 1, 2.75, 6.5, 20};
  for (const auto& [name, formula] : formulas) {
    CAPTURE(name);
    const std::vector<double> found = values_of<double>(name, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      CAPTURE(x[i]);
      // a few roundings; in the tails they are multiplied by the argument of e^x
      CHECK(found[i] == Approx(formula(x[i])).epsilon(5e-14).margin(1e-16));
    }
  }
}

TEST_CASE("gelu by tanh is its formula, and has slopes everywhere", "[plugins][activation]") {
  const Settings by_tanh{{"approximate", std::string("tanh")}};
  const std::vector<double> x{-9.5, -2, -0.5, 0, 1, 3, 12},
      found = values_of<double>("gelu", x, 1, by_tanh);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double u = std::sqrt(2 / M_PI) * (x[i] + 0.044715 * x[i] * x[i] * x[i]);
    CHECK(found[i] == Approx(0.5 * x[i] * (1 + std::tanh(u))).epsilon(1e-13).margin(1e-15));
  }
  CHECK(std::abs(found[4] - values_of<double>("gelu", x)[4]) > 1e-5);  // not the exact one
  for (const double slope : values_of<float>("gelu", {-1e30, -90, 90, 1e30}, 1, by_tanh, true))
    CHECK((slope == 0 || slope == 1));
}

TEST_CASE("relu, relu6 and step have slope 0 at their kinks, as in PyTorch",
          "[plugins][activation]") {
  for (const char* name : {"relu", "relu6", "step"})
    CHECK(values_of<double>(name, {0}, 1, {}, true)[0] == 0);
  CHECK(values_of<double>("relu6", {6}, 1, {}, true)[0] == 0);
}

TEST_CASE("softmax and log_softmax neither overflow nor underflow", "[plugins][activation]") {
  const std::vector<double> z{1000, 1000, -1000, 0, std::log(2.), std::log(5.)};
  const std::vector<double> expected{0.5, 0.5, 0, 0.125, 0.25, 0.625};
  const auto p = values_of<double>("softmax", z, 2), l = values_of<double>("log_softmax", z, 2);
  const auto narrow = values_of<float>("softmax", z, 2);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(p[i] == Approx(expected[i]).epsilon(1e-15));
    CHECK(narrow[i] == Approx(expected[i]).epsilon(1e-6));
    if (i != 2) CHECK(l[i] == Approx(std::log(expected[i])).epsilon(1e-15));
  }
  CHECK(l[2] == Approx(-2000 - std::log(2.)).epsilon(1e-15));
}

TEST_CASE("swish is another word for silu", "[plugins][activation]") {
  const host::Experiment e = experiment(
      "data: diagonal\nmodel: {input: 2, layers: [{type: dense, units: 1, activation: {type: "
      "swish, "
      "beta: 2}}]}\ntrain: {cost: sum_squared_error}\n");
  CHECK(e.model.layers[0].activation.plugin->name == "silu");
  CHECK(std::get<double>(e.model.layers[0].activation.settings[0]) == 2);
}

}  // namespace nnrun::testing
