#include "report/run_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/version.hpp"
#include "report/thin.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// The part that says most about other examples.
const char* best_part(const Json& result) {
  return result.contains("test") ? "test" : result.contains("validation") ? "validation" : "train";
}

/// The metric that the run is judged by: the first of the config that is a number, else the cost.
struct Judged {
  std::string name = "cost";
  bool fraction = false, higher_is_better = false;
};
Judged judged(const Experiment& experiment, const Json& scores) {
  for (const Use& metric : experiment.metrics) {
    const Class& found = *metric.plugin;
    if (!scores.contains(found.name) || !scores.at(found.name).is_number()) continue;
    const auto flags = static_cast<const nnrun_metric*>(found.table->functions)->flags;
    return {found.name, (flags & NNRUN_FRACTION) != 0, (flags & NNRUN_HIGHER_IS_BETTER) != 0};
  }
  return {};
}

std::string summary_of(const Judged& metric, const Json& result, std::string_view part,
                       bool interrupted) {
  const std::size_t epochs = result.at("epochs").get<std::size_t>();
  const Json value = result.value(part, Json::object()).value(metric.name, Json());
  if (!value.is_number()) return "The run ended before its first epoch did.";
  const double x = value.get<double>();
  return fmt::format("The {} of '{}' on the {} part is {} after {} epoch{}{}.", metric.name,
                     result.at("name").get<std::string>(), part == "train" ? "training" : part,
                     metric.fraction ? fmt::format("{:.2f} %", x * 100) : significant(x, 4), epochs,
                     epochs == 1 ? "" : "s", interrupted ? ", then interrupted" : "");
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
  for (const std::vector<double>& y : trainer.model()->predict_each(points))
    values.push_back(drawn(y[0], 4));
  const std::vector<std::string>& names = trainer.data().names.inputs;
  return {{"x", {ranges[0].first, ranges[0].second}},
          {"y", {ranges[1].first, ranges[1].second}},
          {"x_name", names.empty() ? "x" : names[0]},
          {"y_name", names.empty() ? "y" : names[1]},
          {"columns", columns},
          {"rows", rows},
          {"outputs", Json::array({{{"seed", seed}, {"values", values}}})}};
}

Json run_object(const RunResult& run_result, const std::vector<std::string>& command_line,
                const Experiment& experiment, Trainer& trainer) {
  const Outcome& outcome = run_result.outcome;
  const Json result = Json::parse(result_json(run_result, experiment));
  const char* const part = best_part(result);
  const Json scores = result.value(part, Json::object());
  const Judged metric = judged(experiment, scores);

  Json run{{"seed", experiment.seed},
           {"run", result.at("run")},
           {"status", outcome.interrupted ? "interrupted" : "done"}};
  for (const char* key : {"train", "validation", "test", "seconds", "epochs", "weights_sha256"})
    if (result.contains(key)) run[key] = result.at(key);
  run["curve"] = curve_json(outcome, experiment, trainer.data());

  const auto alone = [](const Json& value) -> Json {
    return {{"mean", value}, {"interval95", nullptr}};
  };
  Json config{{"name", experiment.name},
              {"file", experiment.file.string()},
              {"parameters", result.at("parameters")},
              {"runs", Json::array({run})},
              {"mean", scores.value(metric.name, Json())},
              {"interval95", nullptr},
              {"cost", alone(scores.value("cost", Json()))},
              {"seconds", alone(result.at("seconds").at("train"))},
              {"against_baseline", nullptr},
              {"decision", decision_json(trainer, experiment.seed)},
              {"classes", trainer.data().names.classes}};

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
          {"summary", Json::array({summary_of(metric, result, part, outcome.interrupted)})},
          {"reproduce",
           {{"command_line", command_line},
            {"version", version_json()},
            {"machine", machine_json()},
            {"configs",
             Json::array({{{"name", experiment.name}, {"yaml", resolved_yaml(experiment)}}})}}},
          {"sweep", nullptr}};
}

}  // namespace nnrun::host
