// Curves over all borders between yes and no, against counts by hand and pair by pair.
#include "report/answers.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/run_facts.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

/// Scores with ties, and what they are scores of.
std::pair<std::vector<double>, std::vector<bool>> made_up(std::size_t n, std::uint32_t random) {
  std::vector<double> scores;
  std::vector<bool> yes;
  for (std::size_t i = 0; i < n; ++i) {
    random = random * 1664525 + 1013904223;
    yes.push_back((random >> 16) % 3 == 0);
    random = random * 1664525 + 1013904223;
    scores.push_back(std::floor((random >> 8) / 16777216. * 20) / 20 + (yes.back() ? 0.2 : 0));
  }
  return {scores, yes};
}

}  // namespace

TEST_CASE("the ROC curve has scikit-learn's published points", "[report]") {
  // the example of sklearn.metrics.roc_curve and average_precision_score
  const std::vector<double> scores{0.1, 0.4, 0.35, 0.8};
  const auto curves = host::border_curves(scores, {false, false, true, true}).value();
  REQUIRE(curves.points.size() == 4);
  const std::vector<std::vector<double>> published{{0, 0.5}, {0.5, 0.5}, {0.5, 1}, {1, 1}};
  for (std::size_t i = 0; i < published.size(); ++i) {
    CHECK(curves.points[i].false_positives == published[i][0]);
    CHECK(curves.points[i].recall == published[i][1]);
  }
  CHECK(curves.area == Approx(0.75));
  CHECK(curves.average_precision == Approx(0.8333333333));
}

TEST_CASE("its area is how often a yes scores above a no, pair by pair", "[report]") {
  const auto random = GENERATE(1u, 2u, 3u, 4u);
  const auto [scores, yes] = made_up(300, random);
  double better = 0, pairs = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    for (std::size_t j = 0; j < scores.size(); ++j)
      if (yes[i] && !yes[j]) {
        ++pairs;
        better += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
      }
  CHECK(host::border_curves(scores, yes)->area == Approx(better / pairs));
}

TEST_CASE("each point is what a border at that score counts", "[report]") {
  const auto [scores, yes] = made_up(200, 7);
  const auto curves = host::border_curves(scores, yes).value();
  std::vector<double> borders = scores;
  std::ranges::sort(borders, std::greater());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  REQUIRE(curves.points.size() == borders.size());
  double average = 0, recall_before = 0;
  for (std::size_t k = 0; k < borders.size(); ++k) {
    double found = 0, called = 0, all = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      all += yes[i];
      called += scores[i] >= borders[k];
      found += yes[i] && scores[i] >= borders[k];
    }
    CHECK(curves.points[k].recall == Approx(found / all));
    CHECK(curves.points[k].precision == Approx(found / called));
    const double others = static_cast<double>(scores.size()) - all;
    CHECK(curves.points[k].false_positives == Approx((called - found) / others));
    average += (found / all - recall_before) * found / called;
    recall_before = found / all;
  }
  CHECK(curves.average_precision == Approx(average));
}

TEST_CASE("there are no such curves without a yes, without a no, or with a score that is none",
          "[report]") {
  CHECK_FALSE(host::border_curves(std::vector{0.1, 0.2}, {true, true}));
  CHECK_FALSE(host::border_curves(std::vector{0.1, 0.2}, {false, false}));
  CHECK_FALSE(host::border_curves(std::vector{0.1, std::nan("")}, {false, true}));
  CHECK_FALSE(host::border_curves({}, {}));
}

TEST_CASE("answers of a run are those of predict, beside what is true", "[report]") {
  const host::Experiment sine = shipped("gallery/sine.yaml", {{"train.epochs", "5"}});
  const auto trainer = host::Trainer::create(sine);
  trainer->train({});
  const host::Answers answers = host::sample_answers(*trainer, NNRUN_TRAIN).value();
  CHECK(answers.examples == 200);
  REQUIRE(answers.pairs.size() == 200);
  const host::ShownExamples shown = trainer->shown_examples(NNRUN_TRAIN, 200);
  for (std::size_t i = 0; i < 200; ++i) {
    CHECK(answers.pairs[i].first == Approx(std::sin(2 * shown.inputs[i])).margin(1e-6));
    double y = 0;
    trainer->model()->predict({&shown.inputs[i], 1}, {&y, 1});
    CHECK(answers.pairs[i].second == Approx(y).margin(1e-6));
  }
}

TEST_CASE("two classes have curves, more have none", "[report]") {
  const auto trainer = host::Trainer::create(shipped("diagonal-analytic.yaml"));
  trainer->train({});
  const host::Answers answers = host::sample_answers(*trainer, NNRUN_TEST).value();
  CHECK(answers.name == "above");
  CHECK(answers.examples == 1000);
  CHECK(answers.of == 10000);
  CHECK(answers.curves.value().area > 0.99);
  CHECK(to_json(answers).at("borders").size() <= 100);
}

TEST_CASE("the best epoch is that of the best score, the first of equals", "[report]") {
  host::Outcome outcome;
  outcome.epochs = host::History({.metrics = 1});
  const double scores[] = {0.5, 0.9, 0.7, 0.9};
  for (std::size_t i = 0; i < 4; ++i) {
    host::EpochReport report;
    report.epoch = i + 1;
    report.train = {1 - scores[i], {scores[i]}};
    outcome.epochs.append(report);
  }
  const host::Experiment e = shipped("diagonal.yaml");
  const auto by = [&](const char* metric, bool higher) {
    return host::best_epoch_of(outcome, e, NNRUN_TRAIN, metric, higher).value();
  };
  CHECK(by("accuracy", true).epoch == 2);
  CHECK(by("cost", false).epoch == 2);
  CHECK(by("accuracy", true).ties == 1);
  CHECK(by("accuracy", false).epoch == 1);
  CHECK(by("accuracy", false).ties == 0);
  CHECK_FALSE(host::best_epoch_of(outcome, e, NNRUN_TEST, "accuracy", true));
  CHECK_FALSE(host::best_epoch_of(outcome, e, NNRUN_TRAIN, "f1", true));
}

}  // namespace nnrun::testing
