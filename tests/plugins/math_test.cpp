#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nnrun/lanes.hpp>
#include <nnrun/number.hpp>
#include <vector>

namespace {

/// Returns the largest relative error of f against the C library in a wider type, over [low, high].
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

/// Returns how many of the numbers of n, in whole lanes, `each` does not visit just once, and how
/// many it visits beyond them.
template <class T>
std::size_t visits_that_are_wrong(std::size_t n) {
  std::vector<int> visits(nnrun::padded(n) + 64);
  int* const of = visits.data();
  nnrun::each<T>(n, [=](std::size_t i) { of[i] += 1; });
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < visits.size(); ++i) wrong += visits[i] != (i < nnrun::padded(n));
  return wrong;
}

}  // namespace

TEST_CASE("a loop over lanes visits each number once, few or many", "[math]") {
  for (std::size_t n = 0; n < 300; ++n) {
    CAPTURE(n);
    REQUIRE(visits_that_are_wrong<float>(n) == 0);
    REQUIRE(visits_that_are_wrong<double>(n) == 0);
  }
}

TEST_CASE("exp, log, tanh and log1p agree with the C library to a few last places", "[math]") {
  const auto e = [](auto x) { return nnrun::exp(x); };
  const auto l = [](auto x) { return nnrun::log(x); };
  const auto t = [](auto x) { return nnrun::tanh(x); };
  const auto p = [](auto x) { return nnrun::log1p(x); };
  const auto exact_e = [](long double x) { return std::exp(x); };
  const auto exact_l = [](long double x) { return std::log(x); };
  const auto exact_t = [](long double x) { return std::tanh(x); };
  const auto exact_p = [](long double x) { return std::log1p(x); };
  CHECK(worst<double>(e, exact_e, -708.38, 709.77, 200001) < 2.1e-16);
  CHECK(worst<double>(e, exact_e, -1, 1, 200001) < 2.1e-16);
  CHECK(worst<double>(e, exact_e, -1e-8, 1e-8) < 2.1e-16);
  CHECK(worst<float>(e, exact_e, -87.2, 88.71, 200001) < 1.1e-7);
  CHECK(worst<float>(e, exact_e, -1, 1, 200001) < 1.1e-7);
  CHECK(worst<float>(e, exact_e, -1e-3, 1e-3) < 1.1e-7);
  CHECK(worst<double>(l, exact_l, 1e-3, 30) < 5e-16);
  CHECK(worst<float>(l, exact_l, 1e-3, 0.9) < 3e-7);
  CHECK(worst<float>(l, exact_l, 1.1, 30) < 3e-7);
  CHECK(worst<double>(t, exact_t, -20, 20) < 1e-15);
  CHECK(worst<float>(t, exact_t, -10, 10) < 4e-7);
  CHECK(worst<double>(p, exact_p, -0.9, 10) < 2e-15);
  CHECK(nnrun::log1p(1e-20) == 1e-20);
  CHECK(worst<double>(l, exact_l, 1e-310, 1e-307) < 5e-16);
}

TEST_CASE("expm1, softplus, erf and erfc agree with the C library to a few last places", "[math]") {
  const auto m = [](auto x) { return nnrun::expm1(x); };
  const auto s = [](auto x) { return nnrun::softplus(x); };
  const auto e = [](auto x) { return nnrun::erf(x); };
  const auto c = [](auto x) { return nnrun::erfc(x); };
  const auto exact_m = [](long double x) { return std::expm1(x); };
  const auto exact_s = [](long double x) { return std::log1p(std::exp(x)); };
  const auto exact_e = [](long double x) { return std::erf(x); };
  const auto exact_c = [](long double x) { return std::erfc(x); };
  CHECK(worst<double>(m, exact_m, -2, 2) < 1e-15);
  CHECK(worst<double>(m, exact_m, -40, 700) < 1e-15);
  CHECK(worst<float>(m, exact_m, -2, 2) < 4e-7);
  CHECK(worst<double>(s, exact_s, -30, 30) < 1e-15);
  CHECK(worst<float>(s, exact_s, -30, 30) < 4e-7);
  CHECK(worst<double>(e, exact_e, -6, 6) < 1e-15);
  CHECK(worst<double>(e, exact_e, -1e-8, 1e-8) < 4e-16);
  CHECK(worst<float>(e, exact_e, -4, 4) < 4e-7);
  CHECK(worst<double>(c, exact_c, -6, 1) < 1e-15);
  CHECK(worst<double>(c, exact_c, 1, 5) < 27 * 2.3e-16);
  CHECK(worst<double>(c, exact_c, 5, 26) < 678 * 2.3e-16);
  CHECK(worst<float>(c, exact_c, -4, 1) < 5 * 1.2e-7);
  CHECK(worst<float>(c, exact_c, 1, 9) < 83 * 1.2e-7);
}

TEST_CASE("sin and cos agree with the C library to two units in the last place of 1", "[math]") {
  double wide = 0, far = 0, narrow = 0;
  for (int i = -20000; i <= 20000; ++i) {
    const double x = i * 0.00731, y = i * 49.9;
    const auto z = static_cast<float>(i) * 0.4987f;
    const auto error = [](double found, long double exact) {
      return static_cast<double>(std::abs(found - exact));
    };
    wide = std::max({wide, error(nnrun::sin(x), std::sin(static_cast<long double>(x))),
                     error(nnrun::cos(x), std::cos(static_cast<long double>(x)))});
    far = std::max({far, error(nnrun::sin(y), std::sin(static_cast<long double>(y))),
                    error(nnrun::cos(y), std::cos(static_cast<long double>(y)))});
    narrow = std::max({narrow, error(static_cast<double>(nnrun::sin(z)), std::sin(double{z})),
                       error(static_cast<double>(nnrun::cos(z)), std::cos(double{z}))});
  }
  CHECK(wide < 2.3e-16);
  CHECK(far < 2.3e-16);
  CHECK(narrow < 1.3e-7);
  CHECK(nnrun::sin(1e-9) == 1e-9);
}

TEST_CASE("the edges of erf, expm1, sin and softplus are their limits", "[math]") {
  CHECK(nnrun::erf(inf) == 1);
  CHECK(nnrun::erf(-1e30f) == -1);
  CHECK(nnrun::erf(0.) == 0);
  CHECK(nnrun::erfc(inf) == 0);
  CHECK(nnrun::erfc(-inf) == 2);
  CHECK(nnrun::expm1(-inf) == -1);
  CHECK(nnrun::expm1(inf) == inf);
  CHECK(nnrun::softplus(-inf) == 0);
  CHECK(nnrun::softplus(1e30) == 1e30);
  for (const double x : {1e18, -1e300}) {  // a last place is more than a turn: counts as 0
    CHECK(nnrun::sin(x) == 0);
    CHECK(nnrun::cos(x) == 1);
  }
  CHECK(std::isnan(nnrun::sin(inf)));
  for (const double x : {std::nan("")}) {
    CHECK(std::isnan(nnrun::erf(x)));
    CHECK(std::isnan(nnrun::erfc(x)));
    CHECK(std::isnan(nnrun::expm1(x)));
    CHECK(std::isnan(nnrun::softplus(x)));
    CHECK(std::isnan(nnrun::sin(x)));
    CHECK(std::isnan(nnrun::cos(x)));
  }
}

TEST_CASE("the edges of exp and log are those of IEEE 754", "[math]") {
  CHECK(nnrun::exp(inf) == inf);
  CHECK(nnrun::exp(1e5) == inf);
  CHECK(nnrun::exp(-inf) == 0);
  CHECK(nnrun::exp(-1e5f) == 0);
  CHECK(nnrun::exp(709.79) == inf);
  CHECK(nnrun::exp(88.73f) == inf);
  CHECK(nnrun::exp(-708.4) == 0);
  CHECK(nnrun::exp(-87.4f) == 0);
  for (const double x : {0., -0., 5e-324, -5e-324, 1e-310, -1e-17}) CHECK(nnrun::exp(x) == 1);
  for (const float x : {0.f, -0.f, 1e-45f, -1e-45f, 1e-40f, -1e-9f}) CHECK(nnrun::exp(x) == 1);
  CHECK(std::isnan(nnrun::exp(std::nan(""))));
  CHECK(std::isnan(nnrun::exp(std::nanf(""))));
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

TEST_CASE("a slope of 0, and a factor of 0, beat what has no bound", "[math]") {
  using D = nnrun::Dual<double>;
  using F = nnrun::Dual<float>;
  // by hand: limits, and by symmetry those of |x|
  const auto slope_is = [](auto f, double x, double slope) {
    CAPTURE(x, slope);
    CHECK(f(D(x, 1)).d == slope);
    CHECK(f(F(static_cast<float>(x), 1)).d == static_cast<float>(slope));
  };
  slope_is([](auto v) { return 1 / (1 + exp(-v)); }, -1000, 0);
  slope_is([](auto v) { return v / (1 + exp(-v)); }, -1000, 0);
  slope_is([](auto v) { return exp(-exp(-v)); }, -1000, 0);
  slope_is([](auto v) { return tanh(exp(v)); }, 1000, 0);
  slope_is([](auto v) { return sqrt(abs(v)); }, 0, 0);
  slope_is([](auto v) { return sqrt(v * v); }, 0, 0);
  slope_is([](auto v) { return v * sqrt(v); }, 0, 0);
  slope_is([](auto v) { return v / (1 + sqrt(v)); }, 0, 1);
  slope_is([](auto v) { return 0 * sqrt(v) + v; }, 0, 1);
  // where it truly has no bound, it says so; a value that is none stays none
  slope_is([](auto v) { return sqrt(v); }, 0, INFINITY);
  CHECK(std::isnan((D(0, 1) * log(D(0, 1))).v));
  CHECK(std::isnan((D(NAN, 1) * D(0, 1)).v));
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
    check([](auto v) { return expm1(v) + softplus(v); }, x);
    check([](auto v) { return erf(v) * v - erfc(v); }, x);
    check([](auto v) { return sin(v) + cos(2 * v); }, x);
    check([](auto v) { return abs(0 - v) + max(v, 1) + min(v, 1); }, x);
  }
}
