#include <cmath>

#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Settings = std::vector<std::pair<std::string, host::Value>>;

/// What the host tells of a run with one output, or with classes of several, from 0 to 1.
nnrun_meaning meaning(std::size_t cols, std::uint32_t targets = NNRUN_ONE_HOT) {
  return {.size = sizeof(nnrun_meaning),
          .targets = cols == 1 ? std::uint32_t{NNRUN_LABELS} : targets,
          .outputs = NNRUN_PROBABILITIES,
          .cols = cols,
          .output_border = 0.5,
          .target_border = 0.5};
}
/// The same of scores, with targets of -1 and 1.
nnrun_meaning around_0(std::size_t cols, std::uint32_t targets = NNRUN_ONE_HOT) {
  nnrun_meaning m = meaning(cols, targets);
  m.outputs = NNRUN_SCORES;
  m.output_border = m.target_border = 0;
  return m;
}

host::Object told(const std::string& name, const nnrun_meaning& m, const Settings& settings = {}) {
  host::Object metric(use("metric", name, settings));
  const auto prepare = host::declared(metric.functions<nnrun_metric>(), &nnrun_metric::prepare);
  if (prepare != nullptr) metric.call("prepare", prepare, &m);
  return metric;
}

double measured(const std::string& name, const nnrun_meaning& m, const std::vector<double>& y,
                const std::vector<double>& t, const Settings& settings = {}) {
  const host::Object metric = told(name, m, settings);
  double value = 0;
  metric.call("value", metric.functions<nnrun_metric>().value[NNRUN_F64], y.data(), t.data(),
              y.size() / m.cols, m.cols, &value);
  return value;
}
double measured(const std::string& name, const std::vector<double>& y, const std::vector<double>& t,
                std::size_t rows, const Settings& settings = {}) {
  return measured(name, meaning(y.size() / rows), y, t, settings);
}
std::vector<double> per_class(const std::string& name, const nnrun_meaning& m,
                              const std::vector<double>& y, const std::vector<double>& t) {
  const host::Object metric = told(name, m);
  std::vector<double> out(m.cols == 1 ? 2 : m.cols);
  metric.call("per_class",
              host::appended(metric.functions<nnrun_metric>(), &nnrun_metric::per_class, NNRUN_F64),
              y.data(), t.data(), y.size() / m.cols, m.cols, out.data());
  return out;
}
std::string word(const std::string& name, const nnrun_meaning& m, const Settings& settings = {}) {
  const host::Object metric = told(name, m, settings);
  const char* out = nullptr;
  metric.call("word", host::declared(metric.functions<nnrun_metric>(), &nnrun_metric::word), &out);
  return out;
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
  CHECK(measured("f1", {.9, .2}, {0, 0}, 2) == 0);
  // nothing to find, and nothing predicted
  for (const char* const name : {"precision", "recall", "f1"})
    CHECK(std::isnan(measured(name, {.1, .2}, {0, 0}, 2)));
  CHECK(std::isnan(measured("recall", {.9, .2}, {0, 0}, 2)));
}

TEST_CASE("the border is that of the outputs, whatever the targets of a part",
          "[plugins][metric]") {
  // scores above 0 are a yes, and so are these targets; the part has no -1
  const std::vector<double> scores{.3, -.2, .1, .9}, ones{1, 1, 1, 1};
  CHECK(measured("accuracy", around_0(1), scores, ones) == 0.75);
  CHECK(measured("accuracy", meaning(1), scores, ones) == 0.25);
  CHECK(measured("recall", around_0(1), scores, ones) == 0.75);
  CHECK(measured("exact_match", around_0(1), scores, ones) == 0.75);
  CHECK(measured("confusion_matrix", around_0(1), scores, ones) == 1);
  // logits, with targets of 0 and 1
  nnrun_meaning logits = meaning(1);
  logits.outputs = NNRUN_LOGITS;
  logits.output_border = 0;
  CHECK(measured("accuracy", logits, scores, {1, 0, 0, 0}) == 0.5);
  // a border that the config gives goes before
  CHECK(measured("accuracy", meaning(1), {.2, .3, .4}, {0, 1, 1}, {{"threshold", .25}}) == 1);
  CHECK(measured("recall", logits, {-.2, .1}, {1, 1}, {{"threshold", -.5}}) == 1);
  // an output on the border is a no
  CHECK(measured("accuracy", meaning(1), {.5}, {0}) == 1);
  CHECK_THROWS_WITH(measured("f1", meaning(2), {.5, .5}, {0, 1}, {{"threshold", .25}}),
                    Catch::Contains("'threshold' is for one output or for labels"));
  CHECK_THROWS_WITH(measured("recall", meaning(1), {.5}, {1}, {{"threshold", 30.}}),
                    Catch::Contains("'threshold' is not from 0 to 1"));
}

TEST_CASE("classes in order are scored as classes, and errors of them in ranks",
          "[plugins][metric]") {
  // the likeliest classes are 0, 2, 1; the true ones 0, 0, 2
  const nnrun_meaning order = meaning(3, NNRUN_ORDERED);
  const std::vector<double> y{.5, .3, .2, .1, .3, .6, .2, .7, .1}, t = one_hot({0, 0, 2});
  CHECK(measured("log_loss", order, y, t) ==
        Approx(-(std::log(.5) + std::log(.1) + std::log(.1)) / 3));
  CHECK(measured("mean_absolute_error", order, y, t) == Approx(3. / 3));
  CHECK(measured("mean_squared_error", order, y, t) == Approx(5. / 3));
  CHECK(measured("root_mean_squared_error", order, y, t) == Approx(std::sqrt(5. / 3)));
  for (const char* const name : {"mean_squared_error", "root_mean_squared_error"})
    CHECK(word(name, order) == "in ranks");
  const std::vector<double> each = per_class("mean_squared_error", order, y, t);
  CHECK(each[0] == 2);
  CHECK(std::isnan(each[1]));  // no example of it
  CHECK(each[2] == 1);
}

TEST_CASE("an output that is not a number makes no metric of answers a number",
          "[plugins][metric]") {
  const std::vector<double> y{std::nan(""), .9, .2, .3}, t{1, 1, 0, 0};
  for (const char* const name :
       {"accuracy", "exact_match", "precision", "recall", "f1", "balanced_accuracy",
        "matthews_correlation", "cohen_kappa", "auc", "log_loss", "r2"}) {
    CAPTURE(name);
    CHECK(std::isnan(measured(name, y, t, 4)));
    CHECK(std::isnan(measured(name, y, {1, 0, 0, 1}, 2)));
  }
}

TEST_CASE("several labels are yes or no, each for itself", "[plugins][metric]") {
  const nnrun_meaning labels = meaning(3, NNRUN_LABELS);
  // label 0: answered 1 1 0 0, true 1 0 0 0; label 1: 0 1 1 0, 0 1 1 1; label 2: never either
  const std::vector<double> y{.9, .1, .2, .6, .8, .1, .3, .7, 0, .2, .4, .1},
      t{1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0};
  CHECK(measured("accuracy", labels, y, t) == Approx(10. / 12));
  CHECK(measured("exact_match", labels, y, t) == 0.5);
  CHECK(measured("confusion_matrix", labels, y, t) == 2);
  // precision 1/2 and 1, recall 1 and 2/3, f1 2/3 and 4/5; label 2 is not defined
  const auto averaged = [&](const char* name, const char* average) {
    return measured(name, labels, y, t, {{"average", std::string(average)}});
  };
  CHECK(measured("precision", labels, y, t) == Approx(.75));
  CHECK(averaged("precision", "macro") == Approx(.75));
  CHECK(averaged("recall", "macro") == Approx(5. / 6));
  CHECK(averaged("f1", "macro") == Approx((2. / 3 + 4. / 5) / 2));
  // together: answered 4, true 4, both 3
  for (const char* const name : {"precision", "recall", "f1"})
    CHECK(averaged(name, "micro") == Approx(.75));
  // by 1 and 3 examples
  CHECK(averaged("precision", "weighted") == Approx((.5 + 3) / 4));
  CHECK(averaged("recall", "weighted") == Approx((1 + 3 * 2. / 3) / 4));
  CHECK(averaged("f1", "weighted") == Approx((2. / 3 + 3 * 4. / 5) / 4));
  const std::vector<double> f1 = per_class("f1", labels, y, t);
  CHECK(f1[0] == Approx(2. / 3));
  CHECK(f1[1] == Approx(4. / 5));
  CHECK(std::isnan(f1[2]));
  CHECK(std::isnan(per_class("recall", labels, y, t)[2]));
  for (const char* const name :  // no yes of label 2
       {"auc", "balanced_accuracy", "matthews_correlation", "cohen_kappa"}) {
    CAPTURE(name);
    CHECK(std::isnan(measured(name, labels, y, t)));
  }
  std::vector<double> one_yes = t;
  one_yes[2] = 1;
  // of the no and the yes of each label: (1 + 2/3) / 2, (1 + 2/3) / 2, (1 + 0) / 2
  CHECK(measured("balanced_accuracy", labels, y, one_yes) == Approx((5. / 3 + 1. / 2) / 3));
  // TP 1, FP 1, FN 0, TN 2: 2 / √12; TP 2, FP 0, FN 1, TN 1: 2 / √12; one answer: 0
  CHECK(measured("matthews_correlation", labels, y, one_yes) == Approx(4 / std::sqrt(12.) / 3));
  CHECK(word("accuracy", labels) == "of labels");
  CHECK_THROWS_WITH(averaged("f1", "binary"),
                    Catch::Contains("'average: binary' is for one output"));
  // the same around 0
  std::vector<double> scores, signs;
  for (const double x : y) scores.push_back(x - .5);
  for (const double x : t) signs.push_back(2 * x - 1);
  CHECK(measured("accuracy", around_0(3, NNRUN_LABELS), scores, signs) == Approx(10. / 12));
}

TEST_CASE("an average is chosen by the config, and said", "[plugins][metric]") {
  // class 0: predicted 2, actual 3, right 2; class 1: 3, 1, 1; class 2: 0, 1, 0
  const auto y = one_hot({0, 0, 1, 1, 1}), t = one_hot({0, 0, 0, 1, 2});
  const auto averaged = [&](const char* name, const char* average) {
    return measured(name, y, t, 5, {{"average", std::string(average)}});
  };
  CHECK(averaged("precision", "micro") == Approx(3. / 5));
  CHECK(averaged("f1", "micro") == Approx(3. / 5));
  CHECK(averaged("precision", "weighted") == Approx((3 * 1. + 1. / 3 + 0) / 5));
  CHECK(averaged("recall", "weighted") == Approx(3. / 5));
  CHECK(averaged("f1", "macro") == measured("f1", y, t, 5));
  // one output, both classes: f1 of no 4/6 (TN 2, FN 1, FP 1), of yes 0
  const std::vector<double> one{.9, .2, .3, .1}, is{0, 0, 0, 1};
  CHECK(measured("f1", one, is, 4, {{"average", std::string("macro")}}) == Approx(4. / 6 / 2));
  CHECK(measured("f1", one, is, 4, {{"average", std::string("micro")}}) == Approx(.5));
  CHECK(measured("f1", one, is, 4, {{"average", std::string("binary")}}) == 0);
  CHECK(word("f1", meaning(1)).empty());
  CHECK(word("f1", meaning(3)) == "macro");
  CHECK(word("f1", meaning(3), {{"average", std::string("micro")}}) == "micro");
  CHECK(word("auc", meaning(3)) == "macro, one against the rest");
}

TEST_CASE("balanced_accuracy, matthews_correlation and cohen_kappa are what is worked out by hand",
          "[plugins][metric]") {
  // no: 3 of 4 found; yes: 1 of 2
  const std::vector<double> y{.1, .2, .3, .9, .8, .4}, t{0, 0, 0, 0, 1, 1};
  CHECK(measured("balanced_accuracy", y, t, 6) == Approx((.75 + .5) / 2));
  // TP 1, TN 3, FP 1, FN 1: (3 - 1) / √(2 · 2 · 4 · 4)
  CHECK(measured("matthews_correlation", y, t, 6) == Approx(2. / 8));
  // agreement 4/6, by chance (4 · 4 + 2 · 2) / 36
  CHECK(measured("cohen_kappa", y, t, 6) == Approx((4. / 6 - 20. / 36) / (1 - 20. / 36)));
  // three classes, as above: right 3 of 5; Σ predicted · actual 9, Σ predicted² 13, Σ actual² 11
  const auto answers = one_hot({0, 0, 1, 1, 1}), classes = one_hot({0, 0, 0, 1, 2});
  CHECK(measured("balanced_accuracy", answers, classes, 5) == Approx((2. / 3 + 1 + 0) / 3));
  CHECK(measured("matthews_correlation", answers, classes, 5) ==
        Approx((3 * 5 - 9) / std::sqrt((25. - 13) * (25 - 11))));
  CHECK(measured("cohen_kappa", answers, classes, 5) == Approx((3. / 5 - 9. / 25) / (1 - 9. / 25)));
  CHECK(measured("matthews_correlation", t, t, 6) == 1);
  CHECK(measured("matthews_correlation", {.1, .2, .3}, {0, 1, 0}, 3) == 0);  // one answer
  for (const char* const name : {"balanced_accuracy", "matthews_correlation", "cohen_kappa"}) {
    CAPTURE(name);
    CHECK(std::isnan(measured(name, {.1, .9}, {1, 1}, 2)));  // one class
    CHECK(std::isnan(measured(name, {.1}, {1}, 1)));
    CHECK(std::isnan(measured(name, one_hot({0, 1}), one_hot({2, 2}), 2)));
  }
}

TEST_CASE("log_loss is the cost of the probabilities, from logits too", "[plugins][metric]") {
  const double expected = -(std::log(.9) + std::log(.6) + std::log(.7)) / 3;
  CHECK(measured("log_loss", {.9, .4, .7}, {1, 0, 1}, 3) == Approx(expected));
  nnrun_meaning logits = meaning(1);
  logits.outputs = NNRUN_LOGITS;
  const auto logit = [](double p) { return std::log(p / (1 - p)); };
  CHECK(measured("log_loss", logits, {logit(.9), logit(.4), logit(.7)}, {1, 0, 1}) ==
        Approx(expected));
  // classes: of the true one alone
  CHECK(measured("log_loss", {.5, .3, .2, .1, .8, .1}, {1, 0, 0, 0, 0, 1}, 2) ==
        Approx(-(std::log(.5) + std::log(.1)) / 2));
  logits = meaning(3);
  logits.outputs = NNRUN_LOGITS;
  CHECK(measured("log_loss", logits, {7 + std::log(.5), 7 + std::log(.3), 7 + std::log(.2)},
                 {0, 1, 0}) == Approx(-std::log(.3)));
  // labels: of each
  CHECK(measured("log_loss", meaning(2, NNRUN_LABELS), {.9, .4}, {1, 0}) ==
        Approx(-(std::log(.9) + std::log(.6)) / 2));
  CHECK(measured("log_loss", {0, 1}, {1, 1}, 2) == 50);  // a logarithm is at least -100
  CHECK(std::isnan(measured("log_loss", {1.5}, {1}, 1)));
  CHECK_THROWS_WITH(measured("log_loss", around_0(1), {.5}, {1}),
                    Catch::Contains("it takes probabilities"));
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
    const std::size_t cols = y.size() / rows, n = cols == 1 ? 2 : cols;
    const host::Object m = told("confusion_matrix", meaning(cols));
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
  CHECK(measured("auc", around_0(1), {3, 2, 1}, {-1, -1, 1}) == 0);
  CHECK(std::isnan(measured("auc", {3, 2}, {1, 1}, 2)));  // no pair
  CHECK(std::isnan(measured("auc", {std::nan(""), 2}, {1, 0}, 2)));
}

TEST_CASE("auc of several outputs is the mean of each against the rest, if all classes are there",
          "[plugins][metric]") {
  // class 0: .9 against .1 .2, 1; class 1: .6 against .05 .7, 1 of 2; class 2: .1 against .05 .2
  const std::vector<double> y{.9, .05, .05, .1, .6, .2, .2, .7, .1}, t = one_hot({0, 1, 2});
  CHECK(measured("auc", y, t, 3) == Approx((1 + .5 + .5) / 3));
  CHECK(per_class("auc", meaning(3), y, t) == std::vector<double>{1, .5, .5});
  // logits of the same probabilities, which differ by a number of each row's own
  nnrun_meaning logits = meaning(3);
  logits.outputs = NNRUN_LOGITS;
  std::vector<double> z;
  for (std::size_t i = 0; i < 9; ++i) z.push_back(std::log(y[i]) + (i < 3 ? -40 : i < 6 ? 0 : 30));
  CHECK(per_class("auc", logits, z, t) == std::vector<double>{1, .5, .5});
  // class 2 is not there
  CHECK(std::isnan(measured("auc", y, one_hot({0, 1, 1}), 3)));
  CHECK(std::isnan(measured("auc", meaning(3, NNRUN_LABELS), y, {1, 1, 0, 0, 1, 0, 0, 0, 0})));
  const std::vector<double> each = per_class("auc", meaning(3), y, one_hot({0, 1, 1}));
  CHECK(each[0] == 1);
  CHECK(std::isnan(each[2]));
}

TEST_CASE("errors and r2 are what is worked out by hand", "[plugins][metric]") {
  const std::vector<double> y{1, 2, 3, 6}, t{1, 3, 3, 4};
  CHECK(measured("mean_absolute_error", y, t, 4) == 0.75);
  CHECK(measured("mean_squared_error", y, t, 2) == 1.25);
  // targets 1 3 3 4: mean 2.75, spread 4.75; error 5
  CHECK(measured("r2", y, t, 4) == Approx(1 - 5 / 4.75));
  CHECK(measured("r2", t, t, 4) == 1);
  CHECK(std::isnan(measured("r2", {2}, {2}, 1)));  // one example has no variance
  // nor have targets that are all the same; ten times 0.1 have a mean that is not 0.1
  for (const double answer : {.1, .2})
    CHECK(std::isnan(
        measured("r2", std::vector<double>(10, answer), std::vector<double>(10, .1), 10)));
  CHECK(measured("root_mean_squared_error", y, t, 2) == Approx(std::sqrt(1.25)));
  CHECK(measured("mean_absolute_percentage_error", y, t, 4) == Approx((1. / 3 + .5) / 4));
  CHECK(measured("mean_absolute_percentage_error", {1}, {-2}, 1) == 1.5);
  CHECK(std::isnan(measured("mean_absolute_percentage_error", {1, 2}, {0, 2}, 2)));
  // two outputs: 1 and 1 − 4 / 2
  CHECK(measured("r2", {1, 1, 3, 5}, {1, 1, 3, 3}, 2) == Approx((1 + (1 - 4. / 2)) / 2));
  CHECK(std::isnan(measured("r2", {1, 1, 3, 1}, {1, 1, 3, 1}, 2)));  // not of the second
}

}  // namespace nnrun::testing
