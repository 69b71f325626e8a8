#include "comparison/plan_fields.hpp"

#include <set>
#include <span>

#include "base/files.hpp"
#include "runs/run_folder.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_seeds = 100'000, most_configs = 10'000, most_files = 100'000,
                      most_keys = 1000, largest_config = 1 << 24;

/// Returns the elements of a list, which must not be empty.
std::vector<RecordField> some_of(const RecordField& list, std::size_t most) {
  std::vector<RecordField> items = list.items(most);
  if (items.empty()) list.refuse("a list of at least one");
  return items;
}

std::vector<std::uint64_t> seeds_in(const RecordField& field) {
  std::vector<std::uint64_t> seeds;
  std::set<std::uint64_t> taken;
  for (const RecordField& seed : some_of(field, most_seeds)) {
    seeds.push_back(seed.count());
    if (!taken.insert(seeds.back()).second) seed.refuse("a seed that is not there yet");
  }
  return seeds;
}

Folds folds_in(const RecordField& field) {
  constexpr std::size_t most_folds = 1'000'000, most_notes = 100;
  const RecordField count = field.at("count");
  Folds folds{.count = count.count(most_folds),
              .examples = field.at("examples").count(),
              .set_aside = field.at("set_aside").count(),
              .notes = field.at("notes").texts(most_notes)};
  if (folds.count < 2) count.refuse("a number from 2");
  return folds;
}

double at_least_zero(const RecordField& field) {
  constexpr double most = 1e15;
  const double number = field.number();
  if (!(number >= 0 && number <= most)) field.refuse("a number from 0 to 1e15");
  return number;
}

CommonLength length_in(const RecordField& field) {
  return {field.at("kind").one_of({"epochs", "examples", "seconds"}),
          at_least_zero(field.at("value"))};
}

/// Reads the config beside a plan, and requires it to be the planned one.
Experiment read_config(const fs::path& file, const std::string& sha256, Registry& registry) {
  const std::string yaml = read_file(file, largest_config);
  if (sha256_of(std::as_bytes(std::span(yaml))) != sha256)
    throw ConfigError(Problem{.what = "this config changed since the comparison was planned",
                              .where = file.string(),
                              .hint = "put it back, or start a new comparison"});
  return read_experiment(file, {}, registry);
}

ComparedConfig config_in(const RecordField& field) {
  ComparedConfig config;
  config.name = field.at("name").text();
  if (config.name.empty() || safe_name(config.name) != config.name)
    field.at("name").refuse("the name of a config");
  config.file = field.at("file").text();
  config.parameters = field.at("parameters").count();
  config.examples = field.at("examples").count();
  for (const RecordField& set : field.at("set").items(most_keys)) {
    const std::vector<std::string> pair = set.texts(2);
    if (pair.size() != 2) set.refuse("a key and a value");
    config.set.emplace_back(pair[0], pair[1]);
  }
  // plans of earlier versions do not have these two
  if (const auto files = field.find("data_files")) config.data_files = files_in(*files);
  if (const auto libraries = field.find("plugins")) config.libraries = libraries_in(*libraries);
  return config;
}

std::vector<ComparedConfig> configs_in(const RecordField& field) {
  std::vector<ComparedConfig> configs;
  std::set<std::string> names;
  for (const RecordField& config : some_of(field, most_configs)) {
    configs.push_back(config_in(config));
    if (!names.insert(configs.back().name).second)
      config.at("name").refuse("a name that no other config has");
  }
  return configs;
}

std::string baseline_in(const RecordField& field, const ComparisonPlan& plan) {
  std::vector<std::string> names{""};
  if (plan.kind == "compare") names.clear();
  for (const ComparedConfig& config : plan.configs)
    if (plan.kind == "compare") names.push_back(config.name);
  return field.one_of(names);
}

}  // namespace

fs::path config_file(const fs::path& folder, const ComparedConfig& config) {
  return folder / "configs" / (config.name + ".yaml");
}

std::vector<PlannedFile> files_in(const RecordField& field) {
  std::vector<PlannedFile> files;
  for (const RecordField& file : field.items(most_files))
    files.push_back({file.at("path").text(), file.at("bytes").count(), file.at("modified").text(),
                     file.at("sha256").text()});
  return files;
}

std::map<std::string, std::string> libraries_in(const RecordField& field) {
  std::map<std::string, std::string> libraries;
  for (const RecordField& library : field.items(most_files))
    libraries[library.at("file").text()] = library.at("sha256").text();
  return libraries;
}

ComparisonPlan plan_in(const RecordField& field, const fs::path& folder, Registry& registry) {
  ComparisonPlan plan;
  plan.kind = field.at("kind").one_of({"compare", "sweep"});
  plan.seeds = seeds_in(field.at("seeds"));
  if (const auto folds = field.find("folds")) plan.folds = folds_in(*folds);
  plan.metric = field.at("metric").text();
  plan.length = length_in(field.at("budget"));
  plan.part = field.at("part").one_of({part_names.begin(), part_names.end()});
  plan.timeout = at_least_zero(field.at("timeout"));
  if (const auto flag = field.find("one_at_a_time")) plan.one_at_a_time = flag->flag();
  plan.fail_if = field.at("fail_if").text();
  plan.command_line = field.at("command_line").texts(most_files);
  plan.configs = configs_in(field.at("configs"));
  plan.baseline = baseline_in(field.at("baseline"), plan);
  const std::vector<RecordField> configs = field.at("configs").items(most_configs);
  for (std::size_t i = 0; i < configs.size(); ++i)
    plan.configs[i].experiment = read_config(config_file(folder, plan.configs[i]),
                                             configs[i].at("config_sha256").text(), registry);
  return plan;
}

}  // namespace nnrun::host
