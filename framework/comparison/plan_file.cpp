// The plan of a comparison in its folder, so that it can be resumed.
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "comparison/plan.hpp"
#include "runs/json_file.hpp"
#include "runs/run_folder.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

fs::path plan_file(const fs::path& folder) {
  return folder / "plan.json";
}
fs::path config_file(const fs::path& folder, const ComparedConfig& config) {
  return folder / "configs" / (config.name + ".yaml");
}

Json json_of(const ComparisonPlan& plan) {
  Json configs = Json::array();
  for (const ComparedConfig& config : plan.configs) {
    Json set = Json::array();
    for (const auto& [key, value] : config.set) set.push_back({key, value});
    const std::string yaml = resolved_yaml(config.experiment);
    configs.push_back({{"name", config.name},
                       {"file", config.file},
                       {"parameters", config.parameters},
                       {"examples", config.examples},
                       {"config_sha256", sha256_of(std::as_bytes(std::span(yaml)))},
                       {"set", set}});
  }
  return {{"kind", plan.kind},
          {"seeds", plan.seeds},
          {"baseline", plan.baseline},
          {"metric", plan.metric},
          {"part", plan.part},
          {"budget", {{"kind", plan.length.kind}, {"value", plan.length.value}}},
          {"timeout", plan.timeout},
          {"fail_if", plan.fail_if},
          {"configs", configs},
          {"command_line", plan.command_line}};
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
  Json json = json_of(plan);
  if (wrote(plan_file(folder), json.dump(1) + "\n")) return;
  Json there = read_json(plan_file(folder));
  for (Json* one : {&json, &there})
    for (const char* key : {"command_line", "timeout", "fail_if"}) one->erase(key);
  if (json == there) return;
  throw RecordError(Problem{.what = "'" + folder.string() + "' is the folder of other runs",
                            .hint = "name a new one with --out, or go on with those: nnrun " +
                                    plan.kind + " --resume " + folder.string()});
}

ComparisonPlan read_plan(const fs::path& folder, Registry& registry) {
  if (!has_plan(folder))
    throw RecordError(Problem{
        .what = "'" + folder.string() + "' has no plan.json: it is not the folder of a comparison",
        .hint = "name one like runs/compare/0001"});
  const Json json = read_json(plan_file(folder));
  ComparisonPlan plan;
  try {
    plan.kind = json.at("kind");
    plan.seeds = json.at("seeds").get<std::vector<std::uint64_t>>();
    plan.baseline = json.at("baseline");
    plan.metric = json.at("metric");
    plan.length = {json.at("budget").at("kind"), json.at("budget").at("value")};
    plan.part = json.at("part");
    plan.timeout = json.at("timeout");
    plan.fail_if = json.at("fail_if");
    plan.command_line = json.at("command_line").get<std::vector<std::string>>();
    for (const Json& config : json.at("configs")) {
      ComparedConfig out;
      out.name = config.at("name");
      out.file = config.at("file");
      out.parameters = config.at("parameters");
      out.examples = config.at("examples");
      for (const Json& set : config.at("set")) out.set.emplace_back(set.at(0), set.at(1));
      plan.configs.push_back(std::move(out));
    }
  } catch (const nlohmann::json::exception&) {
    throw RecordError(Problem{.what = "'" + plan_file(folder).string() +
                                      "' is not what nnrun compare or sweep wrote"});
  }
  for (ComparedConfig& config : plan.configs)
    config.experiment = read_experiment(config_file(folder, config), {}, registry);
  find_metric(plan);
  return plan;
}

}  // namespace nnrun::host
