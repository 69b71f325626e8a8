#include "comparison/run_object.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/version.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// As many digits as a drawing needs; a page holds many of these numbers.
Json drawn(double x, int digits) {
  if (!std::isfinite(x)) return nullptr;
  return *parse_double(significant(x, digits));
}

/// Indices of at most `most` of `count` things, evenly spaced, first and last included.
std::vector<std::size_t> thinned(std::size_t count, std::size_t most) {
  std::vector<std::size_t> kept;
  const std::size_t n = std::min(count, most);
  for (std::size_t i = 0; i < n; ++i)
    kept.push_back(n == 1 ? count - 1 : i * (count - 1) / (n - 1));
  return kept;
}

/// The metric that the run is judged by: the first of the config, else the cost.
struct Judged {
  std::string name = "cost";
  bool fraction = false, higher_is_better = false;
};
Judged judged(const Experiment& experiment) {
  if (experiment.metrics.empty()) return {};
  const Class& metric = *experiment.metrics.front().plugin;
  const auto flags = static_cast<const nnrun_metric*>(metric.table->functions)->flags;
  return {metric.name, (flags & NNRUN_FRACTION) != 0, (flags & NNRUN_HIGHER_IS_BETTER) != 0};
}

/// The part that says most about other examples.
const char* best_part(const Json& result) {
  return result.contains("test") ? "test" : result.contains("validation") ? "validation" : "train";
}

std::string summary_of(const Judged& metric, const Json& result, const char* part,
                       const RunRecord& record) {
  const Json& value = result.at(part).at(metric.name);
  const std::string shown = !value.is_number() ? "not a number"
                            : metric.fraction  ? fmt::format("{:.2f} %", value.get<double>() * 100)
                                               : significant(value.get<double>(), 4);
  return fmt::format("The {} of '{}' on the {} part is {} after {} epoch{}{}.", metric.name,
                     result.at("name").get<std::string>(),
                     part == std::string_view("train") ? "training" : part, shown,
                     result.at("epochs").get<std::size_t>(), result.at("epochs") == 1 ? "" : "s",
                     record.status == "done" ? "" : " (" + record.status + ")");
}

}  // namespace

Json curve_json(const Outcome& outcome, const Experiment& experiment, const DataShape& data) {
  Json curve = Json::object();
  const std::vector<std::string> columns = metrics_columns(data, experiment);
  for (const std::string& column : columns)
    if (column != "step") curve[column] = Json::array();
  for (const std::size_t i : thinned(outcome.epochs.size(), 200)) {
    const std::vector<std::string> cells = metrics_row(outcome.epochs[i]);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (columns[c] == "step") continue;
      const std::optional<double> value = parse_double(cells[c]);
      curve[columns[c]].push_back(value ? drawn(*value, 6) : Json());
    }
  }
  return curve;
}

Json decision_json(Trainer& trainer, std::uint64_t seed) {
  if (size_of(trainer.data().input) != 2) return nullptr;
  constexpr std::size_t rows = 40, columns = 40;
  const auto ranges = trainer.input_ranges();
  const auto at = [](std::pair<double, double> range, double share) {
    return range.first + (range.second - range.first) * share;
  };
  std::vector<std::vector<double>> points;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      points.push_back({at(ranges[0], (static_cast<double>(c) + 0.5) / columns),
                        at(ranges[1], 1 - (static_cast<double>(r) + 0.5) / rows)});
  Json values = Json::array();
  for (const std::vector<double>& y : trainer.predict(points)) values.push_back(drawn(y[0], 4));
  const std::vector<std::string>& names = trainer.data().input_names;
  return {{"x", {ranges[0].first, ranges[0].second}},
          {"y", {ranges[1].first, ranges[1].second}},
          {"x_name", names.empty() ? "x" : names[0]},
          {"y_name", names.empty() ? "y" : names[1]},
          {"columns", columns},
          {"rows", rows},
          {"outputs", Json::array({{{"seed", seed}, {"values", values}}})}};
}

Json run_object(const RunRecord& record, const Experiment& experiment, Trainer& trainer) {
  const Json told = Json::parse(run_json(record, experiment));
  const Json& result = told.at("result");
  const Judged metric = judged(experiment);
  const char* const part = best_part(result);

  Json run{{"seed", experiment.seed}, {"run", result.at("run")}, {"status", record.status}};
  for (const char* key : {"train", "validation", "test", "seconds", "epochs", "weights_sha256"})
    if (result.contains(key)) run[key] = result.at(key);
  run["curve"] = curve_json(record.result->outcome, experiment, trainer.data());

  const auto alone = [](const Json& value) -> Json {
    return {{"mean", value}, {"interval95", nullptr}};
  };
  const Json scores = result.value(part, Json::object());
  Json config{{"name", experiment.name},
              {"file", experiment.file.string()},
              {"parameters", result.at("parameters")},
              {"runs", Json::array({run})},
              {"mean", scores.value(metric.name, Json())},
              {"interval95", nullptr},
              {"cost", alone(scores.value("cost", Json()))},
              {"seconds", alone(result.at("seconds").at("train"))},
              {"against_baseline", nullptr},
              {"decision", decision_json(trainer, experiment.seed)}};

  return {{"nnrun", version().number},
          {"made", utc_now()},
          {"kind", "run"},
          {"baseline", nullptr},
          {"seeds", {experiment.seed}},
          {"metric", metric.name},
          {"metric_info",
           {{"fraction", metric.fraction},
            {"higher_is_better", metric.higher_is_better},
            {"part", part}}},
          {"budget", {{"kind", "epochs"}, {"value", nullptr}}},
          {"times", "one run at a time"},
          {"configs", Json::array({config})},
          {"differences", Json::array()},
          {"summary", Json::array({scores.empty() ? "No epoch was finished."
                                                  : summary_of(metric, result, part, record)})},
          {"reproduce",
           {{"command_line", told.at("command_line")},
            {"version", told.at("version")},
            {"machine", told.at("machine")},
            {"configs",
             Json::array({{{"name", experiment.name}, {"yaml", resolved_yaml(experiment)}}})}}},
          {"sweep", nullptr}};
}

}  // namespace nnrun::host
