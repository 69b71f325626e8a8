#include "runs/run_record.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/files.hpp"
#include "base/heap.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "config/recorded_files.hpp"
#include "runs/scores.hpp"
#include "training/data_parts.hpp"
#include "training/monitor.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

void add_per_class(const EpochReport& result, const Experiment& experiment, Json& json) {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (const Score* const score = result.score(part))
      if (Json classes = per_class_json(*score, experiment); !classes.empty())
        json["per_class"][part_names[part]] = std::move(classes);
}

/// Returns numbers and texts, with null for what is missing.
Json inputs_json(const PredictRow& row) {
  Json inputs = Json::array();
  for (std::size_t i = 0; i < row.numbers.size(); ++i)
    if (!row.values.empty() && row.values[i].is_text && !std::isnan(row.numbers[i]))
      inputs.push_back(row.values[i].text);
    else
      inputs.push_back(row.numbers[i]);  // NaN becomes null
  return inputs;
}

Json result_object(const RunResult& result, const Experiment& experiment) {
  const Outcome& outcome = result.outcome;
  Json json;
  json["name"] = experiment.name;
  json["run"] = result.run;
  json["seed"] = experiment.seed;
  json["dtype"] = experiment.dtype == Dtype::float32 ? "float32" : "float64";
  json["threads"] = result.threads;
  if (result.processes > 1) {
    json["processes"] = result.processes;
    json["exchange"] = {{"seconds", result.adding_up.seconds},
                        {"waited", result.adding_up.waited},
                        {"training", result.adding_up.training},
                        {"steps", result.adding_up.steps},
                        {"early_steps", result.adding_up.early}};
  }
  if (experiment.train.shards.value > 1) json["shards"] = experiment.train.shards.value;
  json["parameters"] = result.parameters;
  json["epochs"] = outcome.epochs.empty() ? 0 : outcome.epochs.back().epoch;
  json["steps"] = outcome.steps;
  if (outcome.interrupted) json["interrupted"] = true;
  if (outcome.best_epoch > 0) json["best_epoch"] = outcome.best_epoch;
  if (outcome.result) {
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
      if (const Score* const score = outcome.result->score(part))
        json[part_names[part]] = score_json(*score, experiment);
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
      if (const std::optional<Score>& naive = outcome.naive[part])
        json["naive"][part_names[part]] = score_json(*naive, experiment);
    add_per_class(*outcome.result, experiment, json);
    if (const std::string& yes = outcome.result->train.positive; !yes.empty())
      json["positive"] = yes;
  }
  json["predict"] = Json::array();
  for (std::size_t i = 0; i < result.predictions.size(); ++i)
    json["predict"].push_back(
        {{"input", inputs_json(result.rows[i])}, {"output", result.predictions[i]}});
  json["seconds"] = {{"total", result.total_seconds}, {"train", outcome.seconds}};
  json["examples_per_second"] =
      outcome.seconds > 0 ? static_cast<double>(outcome.examples) / outcome.seconds : 0.;
  json["weights_sha256"] = result.weights_sha256;
  if (result.rows_without_values > 0)
    json["left_out"] = {{"rows", result.rows_without_values}, {"why", result.why_without_values}};
  if (!result.warnings.empty()) json["warnings"] = warnings_json(result.warnings);
  return json;
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      if (const std::size_t colon = line.find(": "); colon != std::string::npos)
        return line.substr(colon + 2);
  return "unknown";
}

const std::string& known_processor() {
  static const std::string name = processor();
  return name;
}

std::vector<const Use*> uses_of(const Experiment& e) {
  std::vector<const Use*> uses{&e.random, &e.data.use};
  for (const LayerSpec& layer : e.model.layers)
    for (const Use* use : {&layer.layer, &layer.activation, &layer.init, &layer.bias_init,
                           &layer.regularizer, &layer.bias_regularizer})
      uses.push_back(use);
  for (const Use* use :
       {&e.train.cost, &e.train.gradient, &e.train.optimizer.use, &e.train.schedule.use})
    uses.push_back(use);
  for (const Use& metric : e.metrics) uses.push_back(&metric);
  for (const Use& use : e.data.augment) uses.push_back(&use);
  std::erase_if(uses, [](const Use* use) { return !*use; });
  return uses;
}

/// Returns where the sets that came with this program may lie.
std::vector<std::filesystem::path> own_folders() {
  std::vector<std::filesystem::path> folders = own_places("plugins", "lib/nnrun/plugins");
  std::error_code ignored;
  for (std::filesystem::path& folder : folders)
    folder = std::filesystem::weakly_canonical(folder, ignored);
  return folders;
}

}  // namespace

Json plugins_json(const Experiment& experiment) {
  std::vector<std::pair<const Library*, std::set<std::string>>> libraries;
  for (const Use* use : uses_of(experiment)) {
    const Library* library = use->plugin->library.get();
    auto found = std::ranges::find(libraries, library, &decltype(libraries)::value_type::first);
    if (found == libraries.end()) found = libraries.insert(found, {library, {}});
    found->second.insert(use->plugin->kind + " " + use->plugin->name);
  }
  Json json = Json::array();
  for (const auto& [library, classes] : libraries)
    json.push_back({{"file", library->file.string()},
                    {"sha256", library->sha256()},
                    {"version", library->table->version ? library->table->version : ""},
                    {"interface", std::to_string(library->table->abi_major) + "." +
                                      std::to_string(library->table->abi_minor)},
                    {"compiler", library->table->compiler ? library->table->compiler : ""},
                    {"classes", classes}});
  return json;
}

Json version_json() {
  const Version v = version();
  Json libraries;
  for (const auto& [name, number] : v.libraries) libraries[name] = number;
  return {{"nnrun", v.number}, {"git", v.git},          {"compiler", v.compiler},
          {"flags", v.flags},  {"build", v.build_type}, {"libraries", libraries}};
}

Json machine_json() {
  utsname system{};
  uname(&system);
  return {{"processor", known_processor()},
          {"instruction_set", instruction_set()},
          {"system", std::string(system.sysname) + " " + system.release}};
}

void prepare_records(const Experiment& experiment) {
  known_processor();
  for (const Use* use : uses_of(experiment)) use->plugin->library->sha256();
}

bool came_with_program(const Experiment& experiment) {
  const std::vector<std::filesystem::path> own = own_folders();
  return std::ranges::all_of(uses_of(experiment), [&](const Use* use) {
    return std::ranges::count(own, use->plugin->library->file.parent_path()) > 0;
  });
}

std::string needed_plugins_json(const Experiment& experiment, Folders folders) {
  const std::vector<std::filesystem::path> own = own_folders();
  Json needed = plugins_json(experiment);
  for (Json& library : needed) {
    const std::filesystem::path file = library["file"].get<std::string>();
    library["file"] = file.filename().string();
    if (folders == Folders::of_users && file.has_parent_path() &&
        std::ranges::count(own, file.parent_path()) == 0)
      library["folder"] = file.parent_path().string();
    library.erase("compiler");
  }
  return needed.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json score_json(const Score& score, const Experiment& experiment) {
  return to_json(scores_of(score, experiment));
}

Json warnings_json(const std::vector<Problem>& warnings) {
  Json json = Json::array();
  for (const Problem& warning : warnings)
    json.push_back({{"what", warning.what}, {"where", where_of(warning)}, {"help", warning.hint}});
  return json;
}

Json problems_json(const std::vector<Problem>& problems) {
  Json json = Json::array();
  for (const Problem& problem : problems) {
    Json one{{"what", problem.what}};
    if (const std::string where = where_of(problem); !where.empty()) one["where"] = where;
    if (!problem.note.empty()) one["note"] = problem.note;
    if (!problem.hint.empty()) one["hint"] = problem.hint;
    json.push_back(std::move(one));
  }
  return json;
}

std::string result_json(const RunResult& result, const Experiment& experiment) {
  return result_object(result, experiment).dump();
}

std::vector<std::string> metrics_columns(const DataShape& data, const Experiment& experiment) {
  // costs first, then metrics
  std::vector<std::string> names{"epoch", "step", "examples", "seconds"}, metrics;
  for (std::string& name : monitored_names(experiment, data))
    (name.ends_with(".cost") ? names : metrics).push_back(std::move(name));
  names.insert(names.end(), metrics.begin(), metrics.end());
  return names;
}

std::vector<std::string> metrics_row(const EpochReport& e) {
  std::vector<std::string> cells{std::to_string(e.epoch), std::to_string(e.step),
                                 std::to_string(e.examples), shortest(e.seconds)};
  std::vector<const Score*> scores;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (const Score* const score = e.score(part)) scores.push_back(score);
  const auto cell = [](double x) { return std::isnan(x) ? std::string() : shortest(x); };
  for (const Score* score : scores) cells.push_back(cell(score->cost));
  for (const Score* score : scores)
    for (const double value : score->metrics) cells.push_back(cell(value));
  return cells;
}

RecordedEdits edits_of(const std::string& start, const std::string& edits, std::size_t count) {
  const auto sum = [](const std::string& text) {
    return sha256_of(std::as_bytes(std::span(text)));
  };
  return {count, sum(edits), sum(start)};
}

std::string run_json(const RunRecord& record, const Experiment& experiment) {
  Json json;
  json["status"] = record.status;
  if (!record.error.empty()) json["error"] = record.error;
  if (!record.problems.empty()) json["problems"] = problems_json(record.problems);
  json["name"] = experiment.name;
  json["started"] = record.started;
  json["command_line"] = record.command_line;
  for (const auto& [step, started] : record.resumed)
    json["resumed"].push_back({{"step", step}, {"started", started}});
  if (record.edits.count > 0) {
    json["edits"] = record.edits.count;
    json["edits_sha256"] = record.edits.edits_sha256;
    json["start_sha256"] = record.edits.start_sha256;
  }
  json["version"] = version_json();
  json["machine"] = machine_json();
  json["plugins"] = plugins_json(experiment);
  json["files"] = files_json(experiment, record.folder);
  json["config_sha256"] = record.config_sha256;
  json["course_sha256"] = record.course_sha256;
  json["data_sha256"] = record.data_sha256;
  json["seed"] = experiment.seed;
  json["random"] = experiment.random.plugin->name;
  json["peak_memory_bytes"] = peak_memory();
  if (record.result)
    json["result"] = result_object(*record.result, experiment);
  else if (record.result_before)
    json["result"] = *record.result_before;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%FT%TZ", &parts));
}

}  // namespace nnrun::host
