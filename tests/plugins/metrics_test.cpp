#include <cmath>

#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

double measured(const std::string& name, const std::vector<double>& y, const std::vector<double>& t,
                std::size_t rows,
                const std::vector<std::pair<std::string, host::Value>>& settings = {}) {
  const host::Object m(use("metric", name, settings));
  double value = 0;
  m.call("value", m.functions<nnrun_metric>().value[NNRUN_F64], y.data(), t.data(), rows,
         y.size() / rows, &value);
  return value;
}

/// Returns rows of three outputs, the largest one at the class.
std::vector<double> one_hot(const std::vector<std::size_t>& classes) {
  std::vector<double> rows(classes.size() * 3);
  for (std::size_t r = 0; r < classes.size(); ++r) rows[r * 3 + classes[r]] = 1;
  return rows;
}

}  // namespace

TEST_CASE("precision, recall and f1 of one output count around a half", "[plugins][metric]") {
  // predicted: 1 1 1 0 0 0, actual: 1 0 0 1 0 0; right: 1
  const std::vector<double> y{.9, .8, .7, .4, .2, .5}, t{1, 0, 0, 1, 0, 0};
  CHECK(measured("precision", y, t, 6) == Approx(1. / 3));
  CHECK(measured("recall", y, t, 6) == Approx(1. / 2));
  CHECK(measured("f1", y, t, 6) == Approx(2. / 5));
  CHECK(measured("precision", {.1, .2}, {1, 0}, 2) == 0);  // nothing predicted
  CHECK(measured("recall", {.9, .2}, {0, 0}, 2) == 0);     // nothing to find
  CHECK(measured("f1", {.1, .2}, {0, 0}, 2) == 0);
}

TEST_CASE("precision, recall and f1 of several outputs are means over the classes",
          "[plugins][metric]") {
  // class 0: predicted 2, actual 3, right 2; class 1: predicted 3, actual 1, right 1; class 2:
  // actual 1
  const auto y = one_hot({0, 0, 1, 1, 1}), t = one_hot({0, 0, 0, 1, 2});
  CHECK(measured("precision", y, t, 5) == Approx((1 + 1. / 3 + 0) / 3));
  CHECK(measured("recall", y, t, 5) == Approx((2. / 3 + 1 + 0) / 3));
  CHECK(measured("f1", y, t, 5) == Approx((4. / 5 + 2. / 4 + 0) / 3));
  // class 2 is neither predicted nor actual: left out
  CHECK(measured("f1", one_hot({0, 1}), one_hot({0, 1}), 2) == 1);
}

TEST_CASE("confusion_matrix counts examples by class and answer", "[plugins][metric]") {
  const auto table = [](const std::vector<double>& y, const std::vector<double>& t,
                        std::size_t rows) {
    const host::Object m(use("metric", "confusion_matrix"));
    const std::size_t cols = y.size() / rows, n = cols == 1 ? 2 : cols;
    std::vector<double> counts(n * n);
    const auto function =
        host::appended(m.functions<nnrun_metric>(), &nnrun_metric::table, NNRUN_F64);
    m.call("table", function, y.data(), t.data(), rows, cols, counts.data());
    return counts;
  };
  const auto y = one_hot({0, 0, 1, 1, 1}), t = one_hot({0, 0, 0, 1, 2});
  CHECK(table(y, t, 5) == std::vector<double>{2, 1, 0, 0, 1, 0, 0, 1, 0});
  CHECK(measured("confusion_matrix", y, t, 5) == 2);
  CHECK(table({.9, .8, .7, .4, .2}, {1, 0, 0, 1, 0}, 5) == std::vector<double>{1, 2, 1, 1});
  CHECK(measured("confusion_matrix", {.9, .8, .7, .4, .2}, {1, 0, 0, 1, 0}, 5) == 3);
  CHECK(table({.3, -.3, .1}, {1, -1, -1}, 3) == std::vector<double>{1, 1, 0, 1});  // around 0
}

TEST_CASE("top_k_accuracy counts examples whose class is among the k largest",
          "[plugins][metric]") {
  const std::vector<double> y{.5, .3, .2, .5, .3, .2, .5, .3, .2, .4, .4, .2},
      t = one_hot({0, 1, 2, 1});
  CHECK(measured("top_k_accuracy", y, t, 4, {{"k", std::int64_t{1}}}) == 0.5);  // a tie counts
  CHECK(measured("top_k_accuracy", y, t, 4, {{"k", std::int64_t{2}}}) == 0.75);
  CHECK(measured("top_k_accuracy", y, t, 4) == 1);
  const std::vector<double> unknown{std::nan(""), .5, .1};
  CHECK(measured("top_k_accuracy", unknown, {1, 0, 0}, 1, {{"k", std::int64_t{2}}}) == 0);
}

TEST_CASE("auc is the share of pairs in the right order, a tie counting a half",
          "[plugins][metric]") {
  CHECK(measured("auc", {.1, .4, .35, .8}, {0, 0, 1, 1}, 4) == 0.75);  // 3 of 4 pairs
  CHECK(measured("auc", {.5, .5, .5}, {0, 1, 1}, 3) == 0.5);
  CHECK(measured("auc", {.2, .5, .5, .9}, {0, 0, 1, 1}, 4) == Approx(3.5 / 4));
  CHECK(measured("auc", {3, 2, 1}, {-1, -1, 1}, 3) == 0);
  CHECK(measured("auc", {3, 2}, {1, 1}, 2) == 0.5);  // no pair
  CHECK(std::isnan(measured("auc", {std::nan(""), 2}, {1, 0}, 2)));
  // two outputs: 1 and 0.5
  CHECK(measured("auc", {.9, .1, .1, .1}, {1, 1, 0, 0}, 2) == 0.75);
}

TEST_CASE("errors and r2 are what is worked out by hand", "[plugins][metric]") {
  const std::vector<double> y{1, 2, 3, 6}, t{1, 3, 3, 4};
  CHECK(measured("mean_absolute_error", y, t, 4) == 0.75);
  CHECK(measured("mean_squared_error", y, t, 2) == 1.25);
  // targets 1 3 3 4: mean 2.75, spread 4.75; error 5
  CHECK(measured("r2", y, t, 4) == Approx(1 - 5 / 4.75));
  CHECK(measured("r2", t, t, 4) == 1);
  CHECK(measured("r2", {2, 2}, {2, 2}, 2) == 1);
  CHECK(measured("r2", {2, 3}, {2, 2}, 2) == 0);
  // two outputs: 1 and 1 − 4 / 2
  CHECK(measured("r2", {1, 1, 3, 5}, {1, 1, 3, 3}, 2) == Approx((1 + (1 - 4. / 2)) / 2));
}

}  // namespace nnrun::testing
