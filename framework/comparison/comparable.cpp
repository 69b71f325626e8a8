#include "comparison/comparable.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "config/named_files.hpp"
#include "training/class_weights.hpp"
#include "training/open_sizes.hpp"
namespace nnrun::host {
namespace {

using Keys = std::map<std::string, std::string>;

const std::string& value_of(const Keys& keys, const std::string& key) {
  static const std::string absent = "not there";
  const auto found = keys.find(key);
  return found == keys.end() ? absent : found->second;
}

bool starts_with_key(const std::string& key, const std::string& whole) {
  return key == whole || key.starts_with(whole + ".");
}

/// Returns whether configs with another value of this key still answer for the same rows.
bool may_differ(const std::string& key, const std::string& value, const ComparisonPlan& plan) {
  if (key == "data.features" || key == "data.scale" || starts_with_key(key, "data.target_scale"))
    return true;
  if (key.starts_with("data.columns.")) return value != "drop";
  if (key == "data.split.validation") return plan.folds.count > 0;
  return key == "data.split.fold" && plan.recorded;
}

Keys data_keys(const ComparedConfig& config, const ComparisonPlan& plan) {
  Keys keys = resolved_keys(config.experiment);
  std::erase_if(keys, [&](const auto& entry) {
    return !starts_with_key(entry.first, "data") || may_differ(entry.first, entry.second, plan);
  });
  return keys;
}

/// Returns the keys that decide what a cost means. That a cost applies the activation itself, or
/// is joined with it, does not.
Keys cost_keys(const Experiment& experiment) {
  const Use& cost = experiment.train.cost;
  const char* const joined_by =
      declared(functions_of<nnrun_cost>(*cost.plugin), &nnrun_cost::joined_by);
  Keys keys = resolved_keys(experiment);
  std::erase_if(keys, [&](const auto& entry) {
    const std::string& key = entry.first;
    return !(starts_with_key(key, "train.cost") || starts_with_key(key, "data.target_scale")) ||
           (joined_by != nullptr && key == std::string("train.cost.") + joined_by);
  });
  keys["train.mean_over"] = divides_by_weights(experiment) ? "weights" : "examples";
  return keys;
}

/// Returns the first key that is different in two lists; empty if there is none.
std::string first_difference(const Keys& a, const Keys& b) {
  std::set<std::string> keys;
  for (const auto* all : {&a, &b})
    for (const auto& entry : *all) keys.insert(entry.first);
  for (const std::string& key : keys)
    if (value_of(a, key) != value_of(b, key)) return key;
  return "";
}

/// Points of a sweep come from one file: the message is about its key.
[[noreturn]] void refuse_swept(const std::string& key, const ComparedConfig& config) {
  Problem problem{.what = "'" + key + "' in the sweep changes the data",
                  .hint = "points are compared on the same rows and targets: sweep other keys"};
  for (const SweepKey& swept : config.experiment.sweep.keys)
    if (starts_with_key(key, swept.path) || starts_with_key(swept.path, key))
      problem.place = swept.place;
  throw ConfigError(std::move(problem));
}

}  // namespace

void require_same_data(const ComparisonPlan& plan) {
  const ComparedConfig& front = plan.configs.front();
  const Keys first = data_keys(front, plan);
  for (const ComparedConfig& config : plan.configs) {
    const Keys other = data_keys(config, plan);
    const std::string key = first_difference(first, other);
    if (key.empty()) continue;
    if (plan.kind == "sweep") refuse_swept(key, config);
    throw ConfigError(Problem{.what = single_quoted(key) + " is " + value_of(first, key) + " in " +
                                      single_quoted(front.file) + " and " + value_of(other, key) +
                                      " in " + single_quoted(config.file),
                              .hint = "configs are compared on the same data: make it equal, "
                                      "for example with --set"});
  }
}

std::string why_costs_differ(const ComparisonPlan& plan) {
  const ComparedConfig& front = plan.configs.front();
  const Keys first = cost_keys(front.experiment);
  const auto outputs = [](const ComparedConfig& config) {
    return units_of_output(config.experiment).value_or(0);
  };
  for (const ComparedConfig& config : plan.configs) {
    const Keys other = cost_keys(config.experiment);
    if (const std::string key = first_difference(first, other); !key.empty())
      return "'" + key + "' is " + value_of(first, key) + " in " + single_quoted(front.name) +
             " and " + value_of(other, key) + " in " + single_quoted(config.name);
    if (outputs(config) != outputs(front))
      return single_quoted(front.name) + " has " + std::to_string(outputs(front)) +
             " outputs and " + single_quoted(config.name) + " " + std::to_string(outputs(config));
  }
  return "";
}

double overlap_of_draws(const ComparisonPlan& plan) {
  const Experiment& experiment = plan.configs.front().experiment;
  const Split& split = experiment.data.split;
  if (plan.folds.count > 0 || !split.shuffle || !is_of_file(experiment)) return 0;
  // recorded runs may all have held out the same fold, which each seed cuts anew
  const double test = split.folds > 0 ? 1 / static_cast<double>(split.folds) : split.test;
  const double drawn = plan.part == part_names[NNRUN_TEST]         ? test
                       : plan.part == part_names[NNRUN_VALIDATION] ? split.validation
                                                                   : 0;
  const double trained_on = 1 - split.validation - test;
  return trained_on > 0 ? drawn / trained_on : 0;
}

bool is_of_file(const Experiment& experiment) {
  return std::ranges::any_of(named_files(experiment),
                             [](const NamedFile& file) { return file.key.starts_with("data."); });
}

}  // namespace nnrun::host
