#include "report/report.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/version.hpp"
#include "report/thin.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr int digits_on_page = 6;

Json or_null(const std::optional<double>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json to_json(const std::optional<Interval>& interval) {
  return interval ? Json{interval->low, interval->high} : Json(nullptr);
}

Json to_json(const Estimate& estimate) {
  return {{"mean", or_null(estimate.mean)}, {"interval95", to_json(estimate.interval)}};
}

Json to_json(const ReportRun& run, ReportForm form) {
  Json json{{"seed", run.seed}};
  if (run.fold > 0) json["fold"] = run.fold;
  json["run"] = run.folder;
  json["status"] = run.status;
  if (!run.error.empty()) json["error"] = run.error;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (run.scores[part]) json[part_names[part]] = host::to_json(*run.scores[part]);
  if (run.seconds) json["seconds"] = {{"total", run.seconds->total}, {"train", run.seconds->train}};
  if (run.epochs) json["epochs"] = *run.epochs;
  if (!run.weights_sha256.empty()) json["weights_sha256"] = run.weights_sha256;
  if (form == ReportForm::page)
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
      for (const ClassScores& scores : run.per_class[part])
        for (const double x : scores.values)
          json["per_class"][part_names[part]][scores.metric].push_back(drawn(x, digits_on_page));
  if (run.curve && form != ReportForm::table)
    json["curve"] = host::to_json(*run.curve, form == ReportForm::page ? digits_on_page : 0);
  return json;
}

Json to_json(const AgainstBaseline& against) {
  return {{"difference", against.difference},
          {"interval95", to_json(against.interval)},
          {"interval95_holm", to_json(against.interval_holm)},
          {"wins", against.wins},
          {"pairs", against.pairs},
          {"p", or_null(against.p)},
          {"p_holm", or_null(against.p_holm)},
          {"times_faster", or_null(against.times_faster)},
          {"times_faster_p_holm", or_null(against.times_faster_p_holm)}};
}

Json to_json(const ReportRow& row, const Report& report, ReportForm form) {
  Json json{{"name", row.name}, {"file", row.file}, {"parameters", row.parameters}};
  Json& runs = json["runs"] = Json::array();
  for (const ReportRun& run : row.runs) runs.push_back(to_json(run, form));
  json.update(to_json(row.metric));
  json["cost"] = to_json(row.cost);
  json["seconds"] = to_json(row.seconds);
  json["against_baseline"] = row.against ? to_json(*row.against) : Json(nullptr);
  if (form != ReportForm::table)
    json["decision"] = row.plane ? host::to_json(*row.plane) : Json(nullptr);
  if (form == ReportForm::page) {
    if (row.pictures) json["pictures"] = host::to_json(*row.pictures);
    if (row.answers) json["answers"] = host::to_json(*row.answers);
    if (row.facts) json["facts"] = host::to_json(*row.facts);
  }
  if (report.kind == "run") json["classes"] = row.classes;
  for (const auto& [key, value] : row.set) json["set"][key] = value;
  return json;
}

Json to_json(const Folds& folds) {
  if (folds.count == 0) return nullptr;
  return {{"count", folds.count}, {"examples", folds.examples}, {"set_aside", folds.set_aside}};
}

Json to_json(const std::vector<KeyValues>& all) {
  Json json = Json::array();
  for (const KeyValues& one : all) json.push_back({{"key", one.key}, {"values", one.values}});
  return json;
}

/// Returns what is needed to get the same numbers again.
Json reproduction_of(const Report& report) {
  Json configs = Json::array();
  for (const ReportRow& row : report.rows)
    configs.push_back({{"name", row.name}, {"yaml", row.yaml}});
  return {{"command_line", report.command_line},
          {"working_folder", report.working_folder},
          {"version", version_json()},
          {"machine", machine_json()},
          {"configs", std::move(configs)}};
}

}  // namespace

std::string working_folder() {
  std::error_code gone;
  return std::filesystem::current_path(gone).string();
}

std::string words_for_run(std::uint64_t seed, std::size_t fold) {
  return "seed " + std::to_string(seed) + (fold > 0 ? " fold " + std::to_string(fold) : "");
}

std::string words_for_part(const Report& report) {
  if (report.folds.count > 0 && report.part == part_names[NNRUN_TEST]) return "held-out";
  return report.part == part_names[NNRUN_TRAIN] ? "training" : report.part;
}

std::optional<double> value_in(const ReportRun& run, const std::string& part,
                               const std::string& metric) {
  for (std::size_t i = 0; i < NNRUN_PARTS; ++i)
    if (run.done() && run.scores[i] && part_names[i] == part)
      return value_of(*run.scores[i], metric);
  return std::nullopt;
}

Json to_json(const Report& report, ReportForm form) {
  const CommonLength& length = report.length;
  Json json{
      {"nnrun", version().number},
      {"made", report.made},
      {"kind", report.kind},
      {"baseline", report.baseline.empty() ? Json(nullptr) : Json(report.baseline)},
      {"seeds", report.seeds},
      {"folds", to_json(report.folds)},
      {"overlap", report.overlap},
      {"costs_comparable", report.why_costs_differ.empty()},
      {"metric", report.metric},
      {"metric_info",
       {{"settings", report.metric_settings},
        {"fraction", report.fraction},
        {"higher_is_better", report.higher_is_better},
        {"part", report.part}}},
      {"budget",
       {{"kind", length.kind}, {"value", length.value > 0 ? Json(length.value) : Json(nullptr)}}},
      {"times", report.times}};
  Json& configs = json["configs"] = Json::array();
  for (const ReportRow& row : report.rows) configs.push_back(to_json(row, report, form));
  json["differences"] = to_json(report.differences);
  json["summary"] = report.summary;
  if (form != ReportForm::table) json["reproduce"] = reproduction_of(report);
  json["sweep"] = report.kind == "sweep" ? Json{{"settings", to_json(report.settings)}} : Json();
  if (!report.next.empty()) json["next"] = report.next;
  if (report.kind != "run") json["page"] = report.page;
  return json;
}

std::string json_text(const Report& report, ReportForm form) {
  return to_json(report, form).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace nnrun::host
