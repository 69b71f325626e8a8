// Pages for the browser's test, below the folder that NNRUN_PAGES names: a comparison with names
// that would break HTML, a failed run and a single seed; sweeps of one to three settings.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "report/examples.hpp"
#include "report/page.hpp"
namespace nnrun::testing {
namespace {

using host::Report;
using host::ReportRow;

host::ReportRun failed(std::size_t seed, const std::string& why) {
  return {.seed = seed, .folder = "runs/c/0001", .status = "failed", .error = why};
}

Report sweep(const std::vector<host::KeyValues>& settings) {
  std::vector<std::vector<std::pair<std::string, std::string>>> sets(1);
  for (const auto& [key, values] : settings) {
    std::vector<std::vector<std::pair<std::string, std::string>>> longer;
    for (const auto& set : sets)
      for (const std::string& value : values) {
        longer.push_back(set);
        longer.back().emplace_back(key, value);
      }
    sets = longer;
  }
  std::vector<ReportRow> rows;
  for (const auto& set : sets) {
    const std::string name = "a-long-name-of-a-config-of-a-sweep-" + std::to_string(rows.size());
    rows.push_back(example_row(rows.size() % 5, name, 3, 4));
    rows.back().set = set;
  }
  rows.back() = {.name = rows.back().name,
                 .file = rows.back().file,
                 .runs = {failed(1, "why")},
                 .set = rows.back().set};
  Report made = example_report("sweep", rows, 3);
  made.settings = settings;
  return made;
}

Report nasty_comparison() {
  const std::string nasty = "</script><img src=x onerror=alert(1)>";
  std::vector<ReportRow> rows{example_row(0, "plain", 5, 8), example_row(1, nasty, 5, 8),
                              example_row(2, std::string(120, 'w'), 5, 8)};
  for (ReportRow& row : rows) row.plane = example_plane(5);
  rows[1].runs[4] = failed(5, nasty);
  rows.push_back({.name = "none finished", .file = "none", .runs = {failed(1, "took too long")}});
  Report report = example_report("compare", rows, 5);
  report.summary = {nasty, "Another sentence."};
  report.differences = {{"train.gradient", {"a", "b", nasty, "a"}}};
  return report;
}

/// Two configs, of one of which seed 2 stopped earlier than the others.
Report with_early_stop() {
  std::vector<ReportRow> rows{example_row(0, "all go on", 3, 8), example_row(1, "one stops", 3, 8)};
  for (auto& [name, values] : *rows[1].runs[1].curve) values.resize(5);
  return example_report("compare", rows, 3);
}

/// Every seed of two configs answers every example right, from the first epoch on.
Report all_right() {
  std::vector<ReportRow> rows{example_row(0, "a", 3, 4), example_row(1, "b", 3, 4)};
  for (ReportRow& row : rows) {
    row.metric = {1, host::Interval{1, 1}};
    for (host::ReportRun& run : row.runs) {
      run.scores[NNRUN_TEST]->back().value = 1;
      for (auto& [name, values] : *run.curve)
        if (name.ends_with("accuracy")) std::ranges::fill(values, 1);
    }
  }
  return example_report("compare", rows, 3);
}

/// A single run with all that only such a page has.
Report single_run(host::Answers answers) {
  const std::string nasty = "</script><img src=x onerror=alert(1)>";
  ReportRow row = example_row(0, "run", 1, 8);
  host::RunFacts facts{.layers = {{nasty, "dense", "5", "tanh", 15}, {"out", "dense", "1", "", 6}},
                       .parts = {{"train", 100}, {"test", 50}},
                       .inputs = nasty,
                       .target = "target a: 0 or 1\n  target b: " + nasty,
                       .fractions = {"accuracy"}};
  facts.best = host::BestEpoch{.epoch = 3, .value = 0.9, .part = NNRUN_TEST, .is_kept = false};
  row.facts = facts;
  row.answers = std::move(answers);
  row.runs[0].per_class[NNRUN_TEST] = {{"f1", {0.5, std::nan("")}}, {"recall", {1, 0}}};
  row.classes = {nasty, "b"};
  return example_report("run", {row}, 1);
}

/// Of thirty classes, class i is right ten times, and i times taken for the next one.
Report many_classes() {
  constexpr std::size_t n = 30;
  ReportRow row = example_row(0, "many", 1, 8);
  std::vector<std::vector<std::int64_t>> table(n, std::vector<std::int64_t>(n));
  for (std::size_t i = 0; i < n; ++i) {
    table[i][i] = 10;
    table[i][(i + 1) % n] += static_cast<std::int64_t>(i);
    row.classes.push_back(i > 0 ? std::to_string(i) : "<b>a name " + std::string(100, 'x'));
  }
  row.runs[0].scores[NNRUN_TEST]->push_back({"confusion_matrix", 0, table});
  return example_report("run", {row}, 1);
}

}  // namespace

TEST_CASE("pages are written for a browser", "[.]") {
  const char* const folder = std::getenv("NNRUN_PAGES");
  REQUIRE(folder);
  const auto write = [&](const std::string& name, const Report& report) {
    std::ofstream(std::string(folder) + "/" + name + ".html") << host::page_of(report);
  };
  write("compare", nasty_comparison());
  write("early stop", with_early_stop());
  write("all right", all_right());
  write("one seed",
        example_report("compare", {example_row(0, "a", 1, 1), example_row(1, "b", 1, 1)}, 1));
  ReportRow images = example_row(0, "images", 1, 5);
  images.pictures = example_pictures();
  write("images", example_report("run", {images}, 1));
  host::Answers numbers{.examples = 3, .of = 9, .name = "</script>"};
  numbers.pairs = {{1, 2}, {2, 2}, {std::nan(""), 3}};
  write("numbers", single_run(numbers));
  host::Answers classes{.examples = 4, .of = 4, .name = "b"};
  classes.curves = host::border_curves(std::vector{.1, .4, .35, .8}, {false, false, true, true});
  write("two classes", single_run(classes));
  write("many classes", many_classes());
  write("sweep of one", sweep({{"train.batch_size", {"1", "10", "100", "1000"}}}));
  write("sweep of words", sweep({{"train.optimizer.type", {"sgd", "momentum", "adam"}}}));
  write("sweep of two",
        sweep({{"a.rate", {"0.1", "1", "3"}}, {"a.kind", {"x", "a_long_word_here"}}}));
  write("sweep of three",
        sweep({{"a.b", {"1", "10"}}, {"c.d", {"x", "y", "z"}}, {"e.f", {"true", "false"}}}));
}

}  // namespace nnrun::testing
