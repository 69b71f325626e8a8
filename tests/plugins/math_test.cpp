#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nnrun/number.hpp>

namespace {

/// The largest relative error of f against the C library in a wider type, over [low, high].
template <class T, class F, class G>
double worst(F f, G exact, double low, double high, int n = 20001) {
  double most = 0;
  for (int i = 0; i < n; ++i) {
    const T x = static_cast<T>(low + (high - low) * i / (n - 1));
    const long double expected = exact(static_cast<long double>(x));
    if (expected == 0) continue;
    most = std::max(most, static_cast<double>(
                              std::abs((static_cast<long double>(f(x)) - expected) / expected)));
  }
  return most;
}
constexpr double inf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("exp, log, tanh and log1p agree with the C library to a few last places", "[math]") {
  const auto e = [](auto x) { return nnrun::exp(x); };
  const auto l = [](auto x) { return nnrun::log(x); };
  const auto t = [](auto x) { return nnrun::tanh(x); };
  const auto p = [](auto x) { return nnrun::log1p(x); };
  const auto exact_e = [](long double x) { return std::exp(x); };
  const auto exact_l = [](long double x) { return std::log(x); };
  const auto exact_t = [](long double x) { return std::tanh(x); };
  const auto exact_p = [](long double x) { return std::log1p(x); };
  CHECK(worst<double>(e, exact_e, -700, 700) < 5e-16);
  CHECK(worst<float>(e, exact_e, -87, 88) < 1.3e-7);
  CHECK(worst<double>(l, exact_l, 1e-3, 30) < 5e-16);
  CHECK(worst<float>(l, exact_l, 1e-3, 0.9) < 3e-7);
  CHECK(worst<float>(l, exact_l, 1.1, 30) < 3e-7);
  CHECK(worst<double>(t, exact_t, -20, 20) < 1e-15);
  CHECK(worst<float>(t, exact_t, -10, 10) < 4e-7);
  CHECK(worst<double>(p, exact_p, -0.9, 10) < 2e-15);
  CHECK(nnrun::log1p(1e-20) == 1e-20);
  CHECK(worst<double>(l, exact_l, 1e-310, 1e-307) < 5e-16);
}

TEST_CASE("the edges of exp and log are those of IEEE 754", "[math]") {
  CHECK(nnrun::exp(inf) == inf);
  CHECK(nnrun::exp(1e5) == inf);
  CHECK(nnrun::exp(-inf) == 0);
  CHECK(nnrun::exp(-1e5f) == 0);
  CHECK(nnrun::exp(0.) == 1);
  CHECK(std::isnan(nnrun::exp(std::nan(""))));
  CHECK(nnrun::log(0.) == -inf);
  CHECK(nnrun::log(inf) == inf);
  CHECK(nnrun::log(1.) == 0);
  CHECK(std::isnan(nnrun::log(-1.)));
  CHECK(std::isnan(nnrun::log(std::nan(""))));
  CHECK(std::isnan(nnrun::tanh(std::nan(""))));
  CHECK(nnrun::tanh(1e30) == 1);
  CHECK(nnrun::sigmoid(-1e30) == 0);
  CHECK(nnrun::sigmoid(1e30) == 1);
}

TEST_CASE("dual numbers differentiate every function and operator", "[math]") {
  using D = nnrun::Dual<double>;
  const auto check = [](auto f, double x) {
    const double h = 1e-6;  // central difference: error about 1e-12 times f'''
    const double slope = (f(D(x + h, 0)).v - f(D(x - h, 0)).v) / (2 * h);
    CHECK(f(D(x, 1)).d == Approx(slope).epsilon(1e-8));
  };
  for (const double x : {0.3, 1.7}) {
    CAPTURE(x);
    check([](auto v) { return exp(v) * 2 - v / 3; }, x);
    check([](auto v) { return log(v) + 1 / v; }, x);
    check([](auto v) { return log1p(v) - -v; }, x);
    check([](auto v) { return tanh(v) * v; }, x);
    check([](auto v) { return sigmoid(3 - v); }, x);
    check([](auto v) { return sqrt(v) / (v + 2.5); }, x);
    check([](auto v) { return abs(0 - v) + max(v, 1) + min(v, 1); }, x);
  }
}
