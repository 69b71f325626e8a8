// Reports with invented numbers.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "report/report.hpp"
namespace nnrun::testing {

inline host::Curve example_curve(double good, std::size_t points) {
  host::Curve curve;
  for (const char* name : {"epoch", "examples", "seconds", "train.cost", "test.cost",
                           "train.accuracy", "test.accuracy"})
    curve.push_back({name, {}});
  for (std::size_t i = 1; i <= points; ++i) {
    const auto epoch = static_cast<double>(i);
    const double row[] = {epoch,       1000 * epoch,       0.001 * epoch,     0.5 / epoch,
                          0.6 / epoch, good - 0.3 / epoch, good - 0.2 / epoch};
    for (std::size_t c = 0; c < curve.size(); ++c) curve[c].values.push_back(row[c]);
  }
  return curve;
}

inline host::ReportRun example_run(std::size_t number, std::size_t seed, std::size_t points) {
  const double good = 0.9 + 0.02 * static_cast<double>(number) - 0.003 * static_cast<double>(seed);
  const host::Scores scores{{"cost", 0.6 / static_cast<double>(points)}, {"accuracy", good}};
  return {.seed = seed,
          .folder = "runs/c/0001",
          .status = "done",
          .scores = {scores, std::nullopt, scores},
          .seconds = host::RunSeconds{0.1, 0.05},
          .epochs = points,
          .weights_sha256 = std::string(64, 'a'),
          .curve = example_curve(good, points)};
}

inline host::Plane example_plane(std::size_t seeds) {
  host::Plane plane{{"a rather long name", 0.0003, 1}, {"y", -6, 6}, 40, 40, {}};
  for (std::size_t seed = 1; seed <= seeds; ++seed) {
    plane.outputs.push_back({seed, {}});
    for (int r = 0; r < 40; ++r)
      for (int c = 0; c < 40; ++c)
        plane.outputs.back().values.push_back(
            std::tanh((39 - r - c) * 0.1 + 0.1 * static_cast<double>(seed)));
  }
  return plane;
}

inline host::Pictures example_pictures() {
  const auto bytes = [](std::size_t n) {
    std::vector<std::uint8_t> all;
    for (std::size_t i = 0; i < n; ++i) all.push_back(static_cast<std::uint8_t>(i * 29));
    return all;
  };
  host::Pictures pictures{.height = 8, .width = 6, .channels = 3, .examples = 50, .wrong = 30};
  for (int i = 0; i < 24; ++i)
    pictures.surest.push_back({bytes(144), "a", i % 2 ? "<b>" : "a long name of a class", 0.987});
  pictures.filters = {{"conv2d_1", 3, 3, 3, {bytes(27), bytes(27)}}};
  pictures.code = host::Code{
      "code", {{0, 1}, {2.5, -1}, {1, 1}}, {0, 1}, {"examples", 8, 6, 3, {bytes(144), bytes(144)}}};
  pictures.maps = {{"the example", 8, 6, 3, {bytes(144)}}, {"conv2d_1", 6, 4, 1, {bytes(24)}}};
  return pictures;
}

/// Row 0 is the baseline.
inline host::ReportRow example_row(std::size_t number, const std::string& name, std::size_t seeds,
                                   std::size_t points) {
  const auto around = [&](double x) {
    return seeds > 1 ? std::optional(host::Interval{x * 0.98, x * 1.02}) : std::nullopt;
  };
  const double mean = 0.9 + 0.02 * static_cast<double>(number);
  host::ReportRow row{.name = name,
                      .file = name + ".yaml",
                      .parameters = 15,
                      .metric = {mean, around(mean)},
                      .cost = {0.1, around(0.1)},
                      .seconds = {0.05, around(0.05)},
                      .yaml = "seed: 1\n"};
  for (std::size_t seed = 1; seed <= seeds; ++seed)
    row.runs.push_back(example_run(number, seed, points));
  if (number > 0)
    row.against = host::AgainstBaseline{.difference = 0.02 * static_cast<double>(number),
                                        .interval = around(0.02),
                                        .wins = seeds,
                                        .pairs = seeds,
                                        .p = seeds > 1 ? std::optional(0.03) : std::nullopt,
                                        .p_holm = seeds > 1 ? std::optional(0.06) : std::nullopt};
  return row;
}

inline host::Report example_report(const std::string& kind, std::vector<host::ReportRow> rows,
                                   std::size_t seeds) {
  host::Report report{.made = "2026-01-31T12:00:00Z",
                      .kind = kind,
                      .baseline = rows.empty() ? "c" : rows.front().name,
                      .metric = "accuracy",
                      .fraction = true,
                      .higher_is_better = true,
                      .part = "test",
                      .length = {"examples", 10000},
                      .times = "one run at a time",
                      .rows = std::move(rows),
                      .summary = {"One sentence."},
                      .command_line = {"nnrun", kind, "it's.yaml"}};
  for (std::size_t seed = 1; seed <= seeds; ++seed) report.seeds.push_back(seed);
  return report;
}

}  // namespace nnrun::testing
