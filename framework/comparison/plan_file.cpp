// The plan of a comparison in its folder, so that it can be resumed.
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "comparison/plan_fields.hpp"
#include "runs/json_file.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

fs::path plan_file(const fs::path& folder) {
  return folder / "plan.json";
}

std::string sha256_of_text(const std::string& text) {
  return sha256_of(std::as_bytes(std::span(text)));
}

std::string text_of(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// Returns the checksum of a plan's other fields.
std::string checksum_of(Json plan) {
  plan.erase("sha256");
  return sha256_of_text(text_of(plan, -1));
}

Json fields_of(const std::vector<PlannedFile>& files) {
  Json list = Json::array();
  for (const PlannedFile& file : files)
    list.push_back({{"path", file.path},
                    {"bytes", file.bytes},
                    {"modified", file.modified},
                    {"sha256", file.sha256}});
  return list;
}

Json fields_of(const std::map<std::string, std::string>& libraries) {
  Json list = Json::array();
  for (const auto& [file, sha256] : libraries) list.push_back({{"file", file}, {"sha256", sha256}});
  return list;
}

Json fields_of(const ComparedConfig& config) {
  Json set = Json::array();
  for (const auto& [key, value] : config.set) set.push_back({key, value});
  return {{"name", config.name},
          {"file", config.file},
          {"parameters", config.parameters},
          {"examples", config.examples},
          {"config_sha256", sha256_of_text(resolved_yaml(config.experiment))},
          {"set", set},
          {"data_files", fields_of(config.data_files)},
          {"plugins", fields_of(config.libraries)}};
}

Json fields_of(const ComparisonPlan& plan) {
  Json configs = Json::array();
  for (const ComparedConfig& config : plan.configs) configs.push_back(fields_of(config));
  Json json{{"kind", plan.kind},
            {"seeds", plan.seeds},
            {"baseline", plan.baseline},
            {"metric", plan.metric},
            {"part", plan.part},
            {"budget", {{"kind", plan.length.kind}, {"value", plan.length.value}}},
            {"timeout", plan.timeout},
            {"one_at_a_time", plan.one_at_a_time},
            {"fail_if", plan.fail_if},
            {"configs", configs},
            {"command_line", plan.command_line}};
  if (plan.folds.count > 0)
    json["folds"] = {{"count", plan.folds.count},
                     {"examples", plan.folds.examples},
                     {"set_aside", plan.folds.set_aside},
                     {"notes", plan.folds.notes}};
  json["sha256"] = checksum_of(json);
  return json;
}

/// Throws PluginError if a config is to be trained with another library than planned.
void require_libraries(const ComparedConfig& planned,
                       const std::map<std::string, std::string>& now) {
  if (planned.libraries.empty()) return;
  for (const auto& [file, sha256] : now) {
    const auto then = planned.libraries.find(file);
    if (then == planned.libraries.end() || then->second != sha256)
      throw PluginError(Problem{
          .what = "the library '" + file + "' is not the one that the comparison was planned with",
          .hint = "one comparison needs one library: put it back and go on with --resume, "
                  "or start a new comparison"});
  }
}

/// Requires the data and libraries of two plans to be equal, wherever they are.
void require_same_sources(const ComparisonPlan& plan, const Json& there, const fs::path& file) {
  const std::vector<RecordField> configs = RecordField(file, there).at("configs").items(SIZE_MAX);
  PlannedFiles files = plan.files;
  for (std::size_t i = 0; i < configs.size(); ++i) {
    ComparedConfig planned;
    if (const auto found = configs[i].find("plugins")) planned.libraries = libraries_in(*found);
    if (i < plan.configs.size()) require_libraries(planned, plan.configs[i].libraries);
    if (const auto found = configs[i].find("data_files")) files.check(files_in(*found));
  }
}

/// Another process may write the same file at the same moment: then the plans are compared.
bool wrote(const fs::path& file, const std::string& text) {
  try {
    write_new_file(file, text);
    return true;
  } catch (const RecordError& error) {
    if (error.problems().front().cause != Cause::file_exists) throw;
    return false;
  }
}

}  // namespace

bool has_plan(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(plan_file(folder), ignored);
}

void write_plan(const ComparisonPlan& plan, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder / "configs", error);
  if (error)
    throw RecordError(Problem{.what = "cannot create the folder '" + folder.string() +
                                      "': " + system_reason(error.value()),
                              .hint = "name one that you may create with --out"});
  for (const ComparedConfig& config : plan.configs)
    wrote(config_file(folder, config), resolved_yaml(config.experiment));
  Json json = fields_of(plan);
  if (wrote(plan_file(folder), text_of(json, 1) + "\n")) return;
  Json there = read_json(plan_file(folder));
  require_same_sources(plan, there, plan_file(folder));
  for (Json* one : {&json, &there}) {
    for (const char* key : {"command_line", "timeout", "fail_if", "one_at_a_time", "sha256"})
      one->erase(key);
    for (Json& config : (*one)["configs"])
      for (const char* key : {"data_files", "plugins"}) config.erase(key);
  }
  if (json == there) return;
  throw RecordError(Problem{.what = "'" + folder.string() + "' is the folder of other runs",
                            .hint = "name a new one with --out, or go on with those: nnrun " +
                                    plan.kind + " --resume " + shell_word(folder.string())});
}

ComparisonPlan read_plan(const fs::path& folder, Registry& registry) {
  if (!has_plan(folder))
    throw RecordError(Problem{
        .what = "'" + folder.string() + "' has no plan.json: it is not the folder of a comparison",
        .hint = "name one like runs/compare/0001"});
  const fs::path file = plan_file(folder);
  const Json json = read_json(file);
  ComparisonPlan plan = plan_in(RecordField(file, json), folder, registry);
  const auto checksum = RecordField(file, json).find("sha256");  // missing in earlier versions
  if (checksum && checksum->text() != checksum_of(json))
    throw RecordError(Problem{.what = "this plan was changed: its checksum is another one",
                              .where = file.string(),
                              .hint = "put it back, or start a new comparison"});
  for (const ComparedConfig& config : plan.configs) {
    require_libraries(config, libraries_of(config.experiment));
    plan.files.check(config.data_files);
  }
  try {
    find_metric(plan);
  } catch (const Error&) {
    RecordField(file, json).at("metric").refuse("a metric that all configs have");
  }
  return plan;
}

}  // namespace nnrun::host
