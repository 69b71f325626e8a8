#include "comparison/comparable.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "config/named_files.hpp"
#include "loading/declarations.hpp"
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
  if (key == "data.split.test_seed") return plan.recorded;  // the checksum of the data tells
  return key == "data.split.fold" && plan.recorded;
}

/// Returns the classes that a config names, in order or not; empty if it names none.
std::set<std::string> classes_of(const Experiment& experiment) {
  const DataSpec& data = experiment.data;
  std::set<std::string> classes;
  for (const Placed<std::string>& name : data.order) classes.insert(name.value);
  for (std::size_t i = 0; i < data.use.settings.size() && classes.empty(); ++i)
    if (means(*data.use.plugin, setting_of(*data.use.plugin, i), NNRUN_CLASSES))
      if (const auto* list = std::get_if<std::vector<std::string>>(&data.use.settings[i]))
        classes.insert(list->begin(), list->end());
  return classes;
}

/// Returns whether two configs, one of which gives classes an order, tell the same classes. Texts
/// are classes, whoever names them; numbers are not.
bool tell_same_classes(const Experiment& a, const Experiment& b) {
  const std::set<std::string> one = classes_of(a), other = classes_of(b);
  const auto is_number = [](const std::string& text) { return parse_double(text).has_value(); };
  if (one.empty() || other.empty())
    return !std::ranges::all_of(one.empty() ? other : one, is_number);
  return one == other;
}

/// Returns the name of the key that lists classes; empty if there is none.
std::string key_of_classes(const Experiment& experiment) {
  const Use& data = experiment.data.use;
  for (std::size_t i = 0; i < data.settings.size(); ++i)
    if (const nnrun_setting& setting = setting_of(*data.plugin, i);
        means(*data.plugin, setting, NNRUN_CLASSES))
      return std::string("data.") + setting.name;
  return {};
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
  for (const ComparedConfig& config : plan.configs) {
    Keys first = data_keys(front, plan), other = data_keys(config, plan);
    if (front.experiment.data.order.empty() != config.experiment.data.order.empty() &&
        tell_same_classes(front.experiment, config.experiment))
      for (const std::string& key :
           {std::string("data.order"), key_of_classes(config.experiment)}) {
        first.erase(key);
        other.erase(key);
      }
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

bool means_ranks_in_some(const ComparisonPlan& plan, const Use& metric) {
  const auto has_order = [](const ComparedConfig& c) { return !c.experiment.data.order.empty(); };
  const auto ordered = std::ranges::count_if(plan.configs, has_order);
  if (ordered == 0 || ordered == std::ssize(plan.configs)) return false;
  const auto word_for = [&](std::uint32_t targets) -> std::string {
    const Object object(metric);
    const auto function = declared(object.functions<nnrun_metric>(), &nnrun_metric::word);
    if (function == nullptr) return "";
    const nnrun_meaning meaning{.size = sizeof(nnrun_meaning),
                                .targets = targets,
                                .outputs = NNRUN_PROBABILITIES,
                                .cols = 3,
                                .output_border = 0.5,
                                .target_border = 0.5};
    if (const auto prepare = declared(object.functions<nnrun_metric>(), &nnrun_metric::prepare))
      object.call("prepare", prepare, &meaning);
    const char* word = nullptr;
    object.call("word", function, &word);
    return word != nullptr ? word : "";
  };
  return word_for(NNRUN_ORDERED) != word_for(NNRUN_ONE_HOT);
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
  if (plan.part == part_names[NNRUN_TEST] && split.folds == 0 && split.test_seed > 0) return 0;
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
