// Figures from published tables, and those that have a closed form.
#include "comparison/statistics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "comparison/holm_correction.hpp"
namespace nnrun::host {

TEST_CASE("quantiles of Student's t are those of the tables", "[statistics]") {
  // Abramowitz and Stegun, table 26.10, and R's qt(0.975, n)
  const auto [n, quantile] = GENERATE(table<double, double>({{1, 12.7062047361747},
                                                             {2, 4.30265272974946},
                                                             {4, 2.77644510519779},
                                                             {9, 2.2621571627982},
                                                             {29, 2.0452296421327},
                                                             {99, 1.98421695158642}}));
  CAPTURE(n);
  CHECK(t_quantile(0.975, n) == Approx(quantile).epsilon(1e-12));
  CHECK(t_quantile(0.025, n) == Approx(-quantile).epsilon(1e-12));
  CHECK(t_quantile(0.5, n) == 0);
}

TEST_CASE("probabilities of t agree with their closed forms", "[statistics]") {
  const double t = GENERATE(1e-8, 0.1, 0.5, 1., 1.96, 5., 40., 1e4);
  CAPTURE(t);
  // p is tiny for large t: the closed forms on the right lose digits there, ours does not
  CHECK(t_two_sided_p(t, 1) == Approx(2 / std::numbers::pi * std::atan(1 / t)).epsilon(1e-12));
  CHECK(t_two_sided_p(t, 2) ==
        Approx(2 / (std::sqrt(2 + t * t) * (std::sqrt(2 + t * t) + t))).epsilon(1e-12));
  const double u = t / std::sqrt(4 + t * t);
  CHECK(t_two_sided_p(t, 4) == Approx(1 - u * (3 - u * u) / 2).margin(1e-14));
  CHECK(t_two_sided_p(-t, 2) == t_two_sided_p(t, 2));
}

TEST_CASE("a paired test and its interval are Student's own", "[statistics]") {
  // hours of sleep with two drugs: Student (1908), The probable error of a mean; R's t.test(sleep)
  const std::vector<double> d{1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4};
  const MeanOf mean = mean_of(d);
  CHECK(mean.mean == Approx(1.58).epsilon(1e-12));
  CHECK(mean.mean - mean.margin.value() == Approx(0.7001142).epsilon(1e-6));
  CHECK(mean.mean + mean.margin.value() == Approx(2.4598858).epsilon(1e-6));
  CHECK(paired_p(d).value() == Approx(0.00283289).epsilon(1e-5));
}

TEST_CASE("where there is no noise or no pair, nothing is invented", "[statistics]") {
  CHECK(mean_of({}).count == 0);
  CHECK(!mean_of(std::vector{3.}).margin);
  CHECK(mean_of(std::vector{3.}).mean == 3);
  CHECK(mean_of(std::vector(7, 0.1)).margin.value() == 0);
  CHECK(!paired_p({}));
  CHECK(!paired_p(std::vector{1.}));
  CHECK(paired_p(std::vector(7, 0.)).value() == 1);
  // equal differences say no more than their signs do: two in 2^n of equal chances
  CHECK(paired_p(std::vector(2, 0.1)).value() == 0.5);
  CHECK(paired_p(std::vector(3, -0.1)).value() == 0.25);
  CHECK(paired_p(std::vector(7, 0.1)).value() == 2 / 128.);
  CHECK(paired_p(std::vector{0.97 - 0.96, 0.95 - 0.94}).value() == 0.5);  // equal but for rounding
}

TEST_CASE("intervals and tests of folds allow for the examples that they share", "[statistics]") {
  CHECK(overlap_of_folds(0) == 0);
  CHECK(overlap_of_folds(2) == 1);
  CHECK(overlap_of_folds(5) == 0.25);
  // by hand: 5 folds, mean 2.8, variance 2.2, so t = 2.8 / sqrt((1/5 + 1/4) 2.2) = 2.8141, and the
  // distribution of t with 4 degrees of freedom has a closed form
  const std::vector<double> d{1, 2, 3, 3, 5};
  const double spread = std::sqrt((1. / 5 + 1. / 4) * 2.2), t = 2.8 / spread;
  const double u = t / std::sqrt(4 + t * t);
  CHECK(paired_p(d, 0.25).value() == Approx(1 - u * (3 - u * u) / 2).epsilon(1e-12));
  CHECK(mean_of(d, 0.25).margin.value() == Approx(2.77644510519779 * spread).epsilon(1e-12));
  // as if they were independent, the same numbers look half as uncertain
  CHECK(mean_of(d).margin.value() / mean_of(d, 0.25).margin.value() ==
        Approx(std::sqrt((1. / 5) / (1. / 5 + 1. / 4))).epsilon(1e-12));
}

TEST_CASE("equal differences of folds are no better than the few runs that they are worth",
          "[statistics]") {
  // 5 folds of one cut are worth 1 / (1/5 + 1/4), those of ten cuts 1 / (1/50 + 1/4)
  CHECK(paired_p(std::vector(5, 0.1), 0.25).value() == Approx(2 * std::exp2(-1 / 0.45)));
  CHECK(paired_p(std::vector(50, 0.1), 0.25).value() == Approx(2 * std::exp2(-1 / 0.27)));
  CHECK(paired_p(std::vector(2, 0.1), 1).value() == 1);
  CHECK(paired_p(std::vector(5, 0.), 0.25).value() == 1);
}

TEST_CASE("Holm's correction steps down, and never below the one before", "[statistics]") {
  // worked by hand: 4 · 0.005, 3 · 0.01, 2 · 0.03, then max(0.06, 0.04)
  const auto corrected = holm({0.01, 0.04, 0.03, 0.005});
  const double expected[] = {0.03, 0.06, 0.06, 0.02};
  for (std::size_t i = 0; i < 4; ++i) CHECK(corrected[i].value() == Approx(expected[i]));
  CHECK(holm({0.6, std::nullopt, 0.7}) == std::vector<std::optional<double>>{1, std::nullopt, 1});
  CHECK(holm({}).empty());
}

}  // namespace nnrun::host
