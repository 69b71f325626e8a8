// Pages for the browser's test, below the folder that NNRUN_PAGES names: a comparison with names
// that would break HTML, a failed run and a single seed; sweeps of one to three settings.
#include <catch2/catch.hpp>
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

}  // namespace

TEST_CASE("pages are written for a browser", "[.]") {
  const char* const folder = std::getenv("NNRUN_PAGES");
  REQUIRE(folder);
  const auto write = [&](const std::string& name, const Report& report) {
    std::ofstream(std::string(folder) + "/" + name + ".html") << host::page_of(report);
  };
  write("compare", nasty_comparison());
  write("one seed",
        example_report("compare", {example_row(0, "a", 1, 1), example_row(1, "b", 1, 1)}, 1));
  ReportRow images = example_row(0, "images", 1, 5);
  images.pictures = example_pictures();
  write("images", example_report("run", {images}, 1));
  write("sweep of one", sweep({{"train.batch_size", {"1", "10", "100", "1000"}}}));
  write("sweep of words", sweep({{"train.optimizer.type", {"sgd", "momentum", "adam"}}}));
  write("sweep of two",
        sweep({{"a.rate", {"0.1", "1", "3"}}, {"a.kind", {"x", "a_long_word_here"}}}));
  write("sweep of three",
        sweep({{"a.b", {"1", "10"}}, {"c.d", {"x", "y", "z"}}, {"e.f", {"true", "false"}}}));
}

}  // namespace nnrun::testing
