#include "library/run_overrides.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/did_you_mean.hpp"
namespace nnrun::host {
namespace {

constexpr std::array decided_keys{
    "data.features",     "data.positive",       "data.order",           "data.scale",
    "data.target_scale", "data.windows.length", "data.windows.horizon", "data.divide_by",
    "model.input",       "model.layers"};

bool is_within(const std::string& key, const std::string& path) {
  return key == path || key.starts_with(path + ".");
}

/// Returns whether the model has the value of a key, or of the map that it is in.
bool is_decided(const std::string& key, const Use& data) {
  const auto has = [&](const std::string& path) { return is_within(key, path); };
  if (std::ranges::any_of(decided_keys, has)) return true;
  if (key.starts_with("data.columns.") && key.ends_with(".scale")) return true;
  const auto has_names = [&](std::string_view name) {
    for (std::size_t i = 0; i < data.settings.size(); ++i)
      if (setting_of(*data.plugin, i).name == name)
        return setting_of(*data.plugin, i).type == NNRUN_STRINGS;
    return false;
  };
  if (key == "data.inputs" || key == "data.targets")  // elsewhere these are files
    return has_names(key.substr(5));
  // where a column has the texts of classes, they are found by these
  return key == "data.classes" && !has_names("targets");
}

/// Throws ConfigError for a key that has another value than the run was trained with.
void require_decided(const OpenedRun& run, const std::vector<Override>& overrides) {
  using Keys = std::map<std::string, std::string>;
  const Keys then = written_keys(run.experiment.sources.front()),
             now = resolved_keys(run.experiment);
  const auto value_in = [](const Keys& keys, const std::string& key) {
    const auto found = keys.find(key);
    return found == keys.end() ? std::string("not given") : found->second;
  };
  for (const Keys* const keys : {&now, &then})
    for (const auto& entry : *keys) {
      const std::string& key = entry.first;
      const auto says = [&](const Override& set) {
        return is_within(key, set.path) || is_within(set.path, key);
      };
      if (!std::ranges::any_of(overrides, says) || !is_decided(key, run.experiment.data.use))
        continue;
      const std::string before = value_in(then, key), wanted = value_in(now, key);
      if (before != wanted)
        throw ConfigError(Problem{
            .what = "the run was not trained so: '" + key + "' is " + before + ", not " + wanted,
            .hint = "the model has it; train again for another one"});
    }
}

bool is_target(const OpenedRun& run, const std::string& column) {
  return column == run.model.names.target || column == run.experiment.data.weights.value ||
         std::ranges::count(run.model.names.targets, column) > 0;
}

[[noreturn]] void refuse(const ColumnRule& rule) {
  throw ConfigError(
      Problem{.what = "the run was not trained so: column '" + rule.name.value + "' stays as it is",
              .place = rule.name.place,
              .hint = "only unknown: ignore can be said of a trained run; train "
                      "again for more"});
}

/// Returns whether the numbers that are to mean a missing value did so in training.
bool knows_gaps(const Column& column, const ColumnRule& rule) {
  return std::ranges::all_of(numbers_among(rule.gaps, {}),
                             [&](double gap) { return std::ranges::count(column.gaps, gap) > 0; });
}

void follow_rule(OpenedRun& run, const ColumnRule& rule) {
  if (is_target(run, rule.name.value)) return;
  std::vector<Column> numbers;  // of a model that does nothing to them
  if (!run.model.recipe)
    for (const std::string& name : run.model.names.inputs) numbers.push_back({.name = name});
  std::vector<Column>& columns = run.model.recipe ? run.model.recipe->columns : numbers;
  const auto column = std::ranges::find(columns, rule.name.value, &Column::name);
  if (column == columns.end()) {
    if (rule.type == ColumnType::unused) return;
    std::vector<std::string> names;
    for (const Column& one : columns) names.push_back(one.name);
    throw ConfigError(Problem{.what = "the run has no input '" + rule.name.value + "'",
                              .place = rule.name.place,
                              .hint = did_you_mean(rule.name.value, names)});
  }
  if (column->is_category && rule.unknown == UnknownRule::ignore &&
      column->unknown == UnknownRule::error)
    column->unknown = UnknownRule::ignore;
  const ColumnType type = column->is_category ? ColumnType::category : ColumnType::number;
  const bool as_trained = (rule.type == type || rule.type == ColumnType::as_found) &&
                          rule.unknown == column->unknown && rule.missing == column->missing &&
                          rule.constant == column->constant &&
                          rule.indicator == column->indicator && knows_gaps(*column, rule);
  if (!as_trained) refuse(rule);
}

}  // namespace

void follow_overrides(OpenedRun& run, const std::vector<Override>& overrides) {
  if (overrides.empty()) return;
  require_decided(run, overrides);
  if (std::ranges::any_of(overrides,
                          [](const Override& set) { return is_within(set.path, "data.columns"); }))
    for (const ColumnRule& rule : run.experiment.data.columns) follow_rule(run, rule);
}

}  // namespace nnrun::host
