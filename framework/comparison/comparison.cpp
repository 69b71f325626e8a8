#include "comparison/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/version.hpp"
#include "comparison/run_entry.hpp"
#include "comparison/statistics.hpp"
#include "records/json_file.hpp"
#include "records/run_record.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using BySeed = std::map<std::uint64_t, double>;

/// A config with what its runs gave.
struct Row {
  const ComparedConfig* config = nullptr;
  std::vector<Json> entries;
  BySeed metric, cost, seconds;
};

std::vector<double> values_of(const BySeed& by_seed) {
  std::vector<double> out;
  for (const auto& entry : by_seed) out.push_back(entry.second);
  return out;
}

Json interval(const MeanOf& m) {
  return m.margin ? Json{m.mean - *m.margin, m.mean + *m.margin} : Json(nullptr);
}

Json mean_json(const BySeed& by_seed) {
  const MeanOf m = mean_of(values_of(by_seed));
  return {{"mean", m.count > 0 ? Json(m.mean) : Json(nullptr)}, {"interval95", interval(m)}};
}

std::vector<Row> rows_of(const ComparisonPlan& plan) {
  std::vector<Row> rows(plan.configs.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].config = &plan.configs[i];
  for (const PlannedRun& run : plan.runs) {
    Row& row = rows[run.config];
    Json entry = run_entry(run);
    if (const auto value = value_of(entry, plan.part, plan.metric)) row.metric[run.seed] = *value;
    if (const auto value = value_of(entry, plan.part, "cost")) row.cost[run.seed] = *value;
    if (const auto value = training_seconds(entry)) row.seconds[run.seed] = *value;
    row.entries.push_back(std::move(entry));
  }
  return rows;
}

/// Best first; those without a value last.
void sort_best_first(std::vector<Row>& rows, bool higher_is_better) {
  const auto rank = [&](const Row& row) -> double {
    if (row.metric.empty()) return INFINITY;
    const double mean = mean_of(values_of(row.metric)).mean;
    return higher_is_better ? -mean : mean;
  };
  std::ranges::stable_sort(rows, {}, rank);
}

/// Over the seeds that both finished.
std::vector<double> differences(const BySeed& row, const BySeed& baseline) {
  std::vector<double> out;
  for (const auto& [seed, value] : row)
    if (const auto other = baseline.find(seed); other != baseline.end())
      out.push_back(value - other->second);
  return out;
}

/// How many times as fast, by the mean of the ratios' logarithms; null where that is no more than
/// noise between the runs.
Json speed_against(const Row& row, const Row& baseline, std::optional<double>& p) {
  BySeed logarithms, others;
  for (const auto& [seed, seconds] : row.seconds)
    if (seconds > 0) logarithms[seed] = std::log(seconds);
  for (const auto& [seed, seconds] : baseline.seconds)
    if (seconds > 0) others[seed] = std::log(seconds);
  const std::vector<double> ratios = differences(logarithms, others);
  p = paired_p(ratios);
  return ratios.empty() ? Json(nullptr) : Json(std::exp(-mean_of(ratios).mean));
}

/// Fills `against_baseline` of every config but the baseline.
void compare_with_baseline(Json& configs, const std::vector<Row>& rows, const Row& baseline,
                           bool higher_is_better) {
  std::vector<std::optional<double>> p(rows.size()), speed_p(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json& against = configs[i]["against_baseline"] = nullptr;
    if (&rows[i] == &baseline) continue;
    const std::vector<double> d = differences(rows[i].metric, baseline.metric);
    if (d.empty()) continue;
    const MeanOf m = mean_of(d);
    p[i] = paired_p(d);
    const auto wins =
        std::ranges::count_if(d, [&](double x) { return higher_is_better ? x > 0 : x < 0; });
    against = {{"difference", m.mean}, {"interval95", interval(m)},
               {"wins", wins},         {"pairs", m.count},
               {"p", nullptr},         {"p_holm", nullptr}};
    against["times_faster"] = speed_against(rows[i], baseline, speed_p[i]);
  }
  const auto corrected = holm(p), speed_corrected = holm(speed_p);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json& against = configs[i]["against_baseline"];
    if (against.is_null()) continue;
    if (p[i]) against["p"] = *p[i];
    if (corrected[i]) against["p_holm"] = *corrected[i];
    against["times_faster_p_holm"] = speed_corrected[i] ? Json(*speed_corrected[i]) : Json(nullptr);
  }
}

Json differences_of(const ComparisonPlan& plan) {
  std::vector<std::map<std::string, std::string>> configs;
  std::set<std::string> keys;
  for (const ComparedConfig& config : plan.configs) {
    configs.push_back(resolved_keys(config.experiment));
    for (const auto& entry : configs.back()) keys.insert(entry.first);
  }
  Json out = Json::array();
  for (const std::string& key : keys) {
    if (key == "name" || key == "seed") continue;
    std::vector<std::string> values;
    for (const auto& config : configs) {
      const auto found = config.find(key);
      values.push_back(found == config.end() ? "-" : found->second);
    }
    if (std::ranges::any_of(values, [&](const std::string& v) { return v != values[0]; }))
      out.push_back({{"key", key}, {"values", values}});
  }
  return out;
}

/// The maps of a config's runs as one, which the page draws; taken out of the runs.
Json take_decisions(std::vector<Json>& entries) {
  Json decision;
  for (Json& entry : entries) {
    const auto found = entry.find("decision");
    if (found == entry.end()) continue;
    Json map = std::move(*found);
    entry.erase("decision");
    if (decision.is_null())
      decision = std::move(map);
    else
      for (Json& output : map["outputs"]) decision["outputs"].push_back(std::move(output));
  }
  return decision;
}

Json settings_of(const ComparisonPlan& plan) {
  Json settings = Json::array();
  for (const ComparedConfig& config : plan.configs)
    for (std::size_t i = 0; i < config.set.size(); ++i) {
      const auto& [key, value] = config.set[i];
      if (settings.size() <= i) settings.push_back({{"key", key}, {"values", Json::array()}});
      Json& values = settings[i]["values"];
      if (std::ranges::find(values, Json(value)) == values.end()) values.push_back(value);
    }
  return {{"settings", settings}};
}

Json config_json(Row& row) {
  const ComparedConfig& config = *row.config;
  Json json{{"name", config.name}, {"file", config.file}};
  std::size_t parameters = config.parameters;
  for (Json& entry : row.entries)
    if (const auto found = entry.find("parameters"); found != entry.end()) {
      parameters = found->get<std::size_t>();
      entry.erase(found);
    }
  json["parameters"] = parameters;
  Json decision = take_decisions(row.entries);
  json["runs"] = std::move(row.entries);
  const Json metric = mean_json(row.metric);
  json["mean"] = metric["mean"];
  json["interval95"] = metric["interval95"];
  json["cost"] = mean_json(row.cost);
  json["seconds"] = mean_json(row.seconds);
  json["against_baseline"] = nullptr;
  json["decision"] = std::move(decision);
  if (!config.set.empty()) {
    json["set"] = Json::object();
    for (const auto& [key, value] : config.set) json["set"][key] = value;
  }
  return json;
}

}  // namespace

Json comparison_of(const ComparisonPlan& plan, const std::string& times, const std::string& page) {
  const bool sweep = plan.kind == "sweep";
  std::vector<Row> rows = rows_of(plan);
  if (sweep) sort_best_first(rows, plan.higher_is_better);
  const auto baseline = sweep ? rows.begin() : std::ranges::find_if(rows, [&](const Row& row) {
    return row.config->name == plan.baseline;
  });
  Json json{{"nnrun", version().number},
            {"made", utc_now()},
            {"kind", plan.kind},
            {"baseline", baseline->config->name},
            {"seeds", plan.seeds},
            {"metric", plan.metric},
            {"metric_info",
             {{"fraction", plan.fraction},
              {"higher_is_better", plan.higher_is_better},
              {"part", plan.part}}},
            {"budget",
             {{"kind", plan.length.kind},
              {"value", plan.length.value > 0 ? Json(plan.length.value) : Json(nullptr)}}},
            {"times", times}};
  Json& configs = json["configs"] = Json::array();
  Json yaml = Json::array();
  for (Row& row : rows) {
    configs.push_back(config_json(row));
    yaml.push_back({{"name", row.config->name}, {"yaml", resolved_yaml(row.config->experiment)}});
  }
  compare_with_baseline(configs, rows, *baseline, plan.higher_is_better);
  json["differences"] = sweep ? Json::array() : differences_of(plan);
  json["summary"] = summary_of(json, plan.adjective);
  json["reproduce"] = {{"command_line", plan.command_line},
                       {"version", version_json()},
                       {"machine", machine_json()},
                       {"configs", yaml}};
  json["sweep"] = sweep ? settings_of(plan) : Json(nullptr);
  json["page"] = page.empty() ? Json(nullptr) : Json(page);
  return json;
}

Json without_drawings(Json comparison) {
  for (Json& config : comparison["configs"]) {
    config.erase("decision");
    for (Json& run : config["runs"]) run.erase("curve");
  }
  comparison.erase("reproduce");
  return comparison;
}

void write_comparison(const Json& comparison, const fs::path& folder) {
  replace_file(folder / "comparison.json",
               comparison.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace nnrun::host
