#include "comparison/plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <set>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "comparison/children.hpp"
#include "comparison/comparable.hpp"
#include "config/metric_names.hpp"
#include "runs/run_folder.hpp"
#include "runs/run_record.hpp"
#include "training/data_parts.hpp"
#include "training/open_sizes.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Returns the metric of a name; nullptr if the config has none.
const Use* metric_of(const ComparedConfig& config, const std::string& name) {
  const std::vector<Use>& metrics = config.experiment.metrics;
  const std::vector<std::string> names = metric_names(metrics);
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? nullptr : &metrics[static_cast<std::size_t>(found - names.begin())];
}

/// A name says nothing of settings that no other metric of a config has differently.
void require_same_settings(const ComparisonPlan& plan) {
  const ComparedConfig& front = plan.configs.front();
  const Use& first = *metric_of(front, plan.metric);
  for (const ComparedConfig& config : plan.configs) {
    const Use& other = *metric_of(config, plan.metric);
    if (settings_text(other) == settings_text(first)) continue;
    const auto shown = [](const Use& use) {
      const std::string text = settings_text(use);
      return text.empty() ? "its defaults" : text;
    };
    throw ConfigError(Problem{
        .what = single_quoted(plan.metric) + " does not mean the same in all configs: it has " +
                shown(first) + " in " + single_quoted(front.name) + " and " + shown(other) +
                " in " + single_quoted(config.name),
        .hint = "write the same settings, or compare by another metric with --metric"});
  }
}

void refuse_same_file(const std::vector<ComparedConfig>& configs) {
  std::map<fs::path, std::string> files;
  for (const ComparedConfig& config : configs) {
    std::error_code ignored;
    const auto [known, is_new] =
        files.emplace(fs::weakly_canonical(config.file, ignored), config.file);
    if (!is_new)
      throw UsageError(
          Problem{.what = "the config " + single_quoted(config.file) + " is given twice",
                  .hint = "a config is compared with others over --seeds"});
  }
}

/// Chooses the part to compare if none is chosen yet, and requires the config to have it.
void choose_part(ComparisonPlan& plan, const ComparedConfig& config, const ConfigSizes& sizes) {
  const auto is_there = [&](std::size_t part) { return sizes.examples[part] > 0; };
  if (plan.part.empty())
    plan.part =
        part_names[plan.folds.count > 0 ? std::size_t{NNRUN_TEST} : part_to_choose_by(is_there)];
  const auto part =
      static_cast<std::size_t>(std::ranges::find(part_names, plan.part) - std::begin(part_names));
  if (is_there(part)) return;
  throw ConfigError(Problem{
      .what = "the data of " + single_quoted(config.file) + " has no " + plan.part + " part",
      .hint = "write data.split: {" + plan.part +
              ": 0.2}, or compare by another part, as in "
              "--metric train." +
              plan.metric});
}

/// Takes over what the first config tells of the folds. A config with other examples than the first
/// has other folds.
void take_folds(ComparisonPlan& plan, const ConfigSizes& sizes) {
  Folds& folds = plan.folds;
  if (folds.count == 0) return;
  const std::string others =
      "not all configs have the same examples, so their folds are not the same rows";
  const std::size_t examples =
      std::accumulate(sizes.examples.begin(), sizes.examples.end(), std::size_t{0});
  if (folds.examples == 0)
    folds = {folds.count, examples, sizes.set_aside, sizes.notes};
  else if (folds.examples != examples && std::ranges::count(folds.notes, others) == 0)
    folds.notes.push_back(others);
}

/// Takes over what the configs are warned of: points of a sweep mostly of the same.
void take_warnings(ComparisonPlan& plan, const Message& message) {
  for (const Problem& warning : warnings_in(message))
    if (std::ranges::none_of(plan.warnings, [&](const Problem& known) {
          return known.what == warning.what && where_of(known) == where_of(warning);
        }))
      plan.warnings.push_back(warning);
}

/// Returns the same error with the point of a sweep that it is of.
Error of_point(const Error& error, const ComparisonPlan& plan, std::size_t config) {
  std::vector<Problem> problems = error.problems();
  if (plan.kind == "sweep" && config < plan.configs.size())
    for (Problem& problem : problems)
      problem.note += std::string(problem.note.empty() ? "" : "\n") + "at the point " +
                      single_quoted(plan.configs[config].name);
  return Error(error.status(), std::move(problems));
}

/// Learns the sizes of the configs, starting with number `from`, in one child: a plugin that
/// crashes makes its own runs fail later, not the whole comparison. Returns the number of the
/// config to go on with.
std::size_t learn_sizes(ComparisonPlan& plan, std::size_t from) {
  const ChildLimits limits{.seconds =
                               plan.timeout * static_cast<double>(plan.configs.size() - from)};
  ChildResult result =
      run_child([&](const Child::Send& send) { return send_sizes(plan, from, send); }, limits);
  std::optional<Error> error;
  read_messages(result, [&](const Message& message) {
    if (message.name() == "error") error = error_of(message);
    if (message.name() == "warnings") take_warnings(plan, message);
    if (message.name() != "sizes" || from == plan.configs.size()) return;
    const ConfigSizes sizes = sizes_in(message);
    ComparedConfig& config = plan.configs[from++];
    if (leaves_sizes_open(config.experiment))
      set_sizes(config.experiment, sizes.input, sizes.units);
    config.parameters = sizes.parameters;
    config.examples = sizes.examples[NNRUN_TRAIN];
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
      plan.has_part[part] = plan.has_part[part] && sizes.examples[part] > 0;
    take_folds(plan, sizes);
    choose_part(plan, config, sizes);
  });
  if (error) throw of_point(*error, plan, from);
  const bool all_told = result.end.how == ChildEnd::How::returned && from == plan.configs.size();
  return all_told ? from : from + 1;
}

/// --folds holds each fold out in turn, so no config can hold one out itself; and no fold can be
/// drawn from a series, since windows of the others would have rows of it.
void refuse_folds(const ComparisonPlan& plan) {
  if (plan.folds.count == 0 || plan.recorded) return;
  for (const ComparedConfig& config : plan.configs) {
    const DataSpec& data = config.experiment.data;
    if (data.windows)
      throw ConfigError(Problem{
          .what = "--folds cannot cut the series of " + single_quoted(config.file) +
                  ": with 'windows', parts follow each other in time",
          .hint = "leave --folds away: split {test: 0.2} measures on the end of the series"});
    if (data.split.folds > 0)
      throw ConfigError(Problem{
          .what = single_quoted(config.file) + " holds out a fold of its own: data.split.fold",
          .hint = "remove 'folds' and 'fold' there, or leave --folds away"});
  }
}

/// A sweep without another metric could only rank its points by costs.
void refuse_other_costs(const ComparisonPlan& plan) {
  const std::string why = why_costs_differ(plan);
  if (!why.empty())
    throw ConfigError(Problem{
        .what = "the points of the sweep cannot be ranked by their costs, for " + why,
        .hint = "give the config a metric to choose by, as in metrics: [accuracy] or [r2]"});
}

void choose_baseline(ComparisonPlan& plan) {
  if (plan.kind == "sweep") return;
  if (plan.baseline.empty()) plan.baseline = plan.configs.front().name;
  std::vector<std::string> names;
  for (const ComparedConfig& config : plan.configs) {
    if (config.name == plan.baseline) return;
    names.push_back(config.name);
  }
  for (const ComparedConfig& config : plan.configs)
    if (config.file == plan.baseline || fs::path(config.file).stem() == plan.baseline) {
      plan.baseline = config.name;
      return;
    }
  throw UsageError(
      Problem{.what = "the baseline " + single_quoted(plan.baseline) + " is not one of the configs",
              .hint = did_you_mean(plan.baseline, names)});
}

/// Returns `0001`, or `0001-fold-2`.
std::string name_of_run(std::uint64_t seed, std::size_t fold) {
  return number_name(seed) + (fold > 0 ? "-fold-" + std::to_string(fold) : "");
}

/// Where runs of several seeds choose a config, the test part must be the same for all of them, and
/// for the run that trains what was chosen: else its examples had a say in other runs.
void fix_test_part(ComparisonPlan& plan) {
  if (plan.folds.count == 0 && plan.part == part_names[NNRUN_TEST]) return;
  const bool trains_best = plan.kind == "sweep";  // with the seed of the config
  if (plan.seeds.size() == 1 &&
      (!trains_best || plan.seeds.front() == plan.configs.front().experiment.seed))
    return;
  const std::size_t seed = std::max<std::size_t>(plan.seeds.front(), 1);
  for (ComparedConfig& config : plan.configs)
    if (Split& split = config.experiment.data.split;
        split.shuffle && split.test > 0 && split.test_seed == 0)
      split.test_seed = seed;
}

/// Gives every config the same length of training by setting its limits.
void set_length(ComparisonPlan& plan) {
  CommonLength& length = plan.length;
  if (length.kind == "epochs") return;
  const auto total = [](const ComparedConfig& c) {
    const Experiment& e = c.experiment;
    const auto product = [](std::size_t a, std::size_t b) {
      return static_cast<double>(a) * static_cast<double>(b);
    };
    const double by_epochs = product(e.train.epochs, c.examples),
                 by_steps = product(e.train.steps, e.train.batch_size);
    const double all = e.train.steps == 0     ? by_epochs
                       : e.train.epochs_given ? std::min(by_epochs, by_steps)
                                              : by_steps;
    return e.train.max_examples > 0 ? std::min(static_cast<double>(e.train.max_examples), all)
                                    : all;
  };
  if (length.value == 0) {  // only for examples
    length.value = std::numeric_limits<double>::infinity();
    for (const ComparedConfig& config : plan.configs)
      if (config.examples > 0) length.value = std::min(length.value, total(config));
    if (std::isinf(length.value)) length.value = 1;
    length.value = std::min(length.value, 0x1p62);  // a count must hold it
  }
  for (ComparedConfig& config : plan.configs) {
    Experiment& e = config.experiment;
    e.train.steps = 0;
    e.train.epochs_given = true;
    if (length.kind == "examples") {
      e.train.max_examples = static_cast<std::uint64_t>(length.value);
      e.train.epochs = static_cast<std::size_t>(
          std::ceil(length.value / static_cast<double>(std::max<std::size_t>(config.examples, 1))));
    } else {
      e.train.max_seconds = length.value;
      e.train.epochs = 1'000'000'000;  // the clock ends it
    }
  }
}

}  // namespace

void make_names_unique(std::vector<ComparedConfig>& configs) {
  const auto count = [&](const std::string& name) {
    return std::ranges::count(configs, name, &ComparedConfig::name);
  };
  std::vector<std::string> names;
  for (const ComparedConfig& config : configs)
    names.push_back(count(config.name) > 1 ? safe_name(fs::path(config.file).stem().string())
                                           : config.name);
  std::set<std::string> taken;
  for (std::size_t i = 0; i < configs.size(); ++i) {
    std::string name = names[i];
    for (int n = 2; !taken.insert(name).second; ++n) name = names[i] + "-" + std::to_string(n);
    configs[i].name = configs[i].experiment.name = name;
  }
}

void find_metric(ComparisonPlan& plan) {
  const auto all_have = [&](const std::string& name) {
    return std::ranges::all_of(
        plan.configs, [&](const ComparedConfig& c) { return metric_of(c, name) != nullptr; });
  };
  if (plan.metric.empty()) {
    plan.metric = "cost";
    for (const std::string& name : metric_names(plan.configs.front().experiment.metrics))
      if (plan.metric == "cost" && all_have(name) &&
          !means_ranks_in_some(plan, *metric_of(plan.configs.front(), name)))
        plan.metric = name;
  }
  plan.fraction = plan.higher_is_better = false;
  plan.adjective.clear();
  plan.settings.clear();
  if (plan.metric == "cost") return;
  if (!all_have(plan.metric)) {
    std::vector<std::string> known{"cost"};
    for (const ComparedConfig& config : plan.configs)
      for (const std::string& name : metric_names(config.experiment.metrics))
        if (std::ranges::find(known, name) == known.end()) known.push_back(name);
    if (std::ranges::find(known, plan.metric) == known.end())
      throw UsageError(Problem{.what = "no config has a metric " + single_quoted(plan.metric),
                               .hint = did_you_mean(plan.metric, known)});
    const auto without = std::ranges::find_if(plan.configs, [&](const ComparedConfig& c) {
      return metric_of(c, plan.metric) == nullptr;
    });
    throw ConfigError(Problem{
        .what = single_quoted(without->file) + " has no metric " + single_quoted(plan.metric),
        .hint = "write metrics: [" + plan.metric + "] there, or compare by --metric cost"});
  }
  require_same_settings(plan);
  if (means_ranks_in_some(plan, *metric_of(plan.configs.front(), plan.metric)))
    throw ConfigError(Problem{.what = single_quoted(plan.metric) +
                                      " does not mean the same in all configs: it is of "
                                      "ranks where 'order' gives classes an order",
                              .hint = "compare by a metric of classes, such as --metric accuracy"});
  const Use& metric = *metric_of(plan.configs.front(), plan.metric);
  const auto& table = functions_of<nnrun_metric>(*metric.plugin);
  if (plan.metric == metric.plugin->name) plan.settings = settings_text(metric);
  plan.fraction = table.flags & NNRUN_FRACTION;
  plan.higher_is_better = table.flags & NNRUN_HIGHER_IS_BETTER;
  if (const char* const adjective = declared(table, &nnrun_metric::adjective))
    plan.adjective = adjective;
}

void complete(ComparisonPlan& plan) {
  refuse_folds(plan);
  if (!plan.recorded && plan.kind == "compare") refuse_same_file(plan.configs);
  if (plan.kind == "compare") make_names_unique(plan.configs);
  find_metric(plan);
  choose_baseline(plan);
  require_same_data(plan);
  if (plan.recorded) return;
  for (ComparedConfig& config : plan.configs) {
    config.data_files = plan.files.of(config.experiment);
    config.libraries = libraries_of(config.experiment);
  }
  for (std::size_t next = 0; next < plan.configs.size();) next = learn_sizes(plan, next);
  if (plan.kind == "sweep" && plan.metric == "cost") refuse_other_costs(plan);
  if (plan.part.empty()) plan.part = "test";  // all crash: there will be nothing to score
  fix_test_part(plan);
  set_length(plan);
}

std::map<std::string, std::string> libraries_of(const Experiment& experiment) {
  std::map<std::string, std::string> libraries;
  for (const auto& library : plugins_json(experiment))
    libraries[fs::path(library["file"].get<std::string>()).filename().string()] =
        library["sha256"].get<std::string>();
  return libraries;
}

void plan_runs(ComparisonPlan& plan, const fs::path& folder) {
  constexpr std::size_t most_runs = 1'000'000;
  const std::size_t folds = plan.folds.count, per_seed = std::max<std::size_t>(folds, 1);
  if (plan.seeds.size() > most_runs / plan.configs.size() / per_seed)
    throw UsageError(Problem{.what = std::to_string(plan.configs.size()) + " configs with " +
                                     std::to_string(plan.seeds.size()) + " seeds" +
                                     (folds > 0 ? " and " + std::to_string(folds) + " folds" : "") +
                                     " are more than " + std::to_string(most_runs) + " runs",
                             .hint = "take fewer seeds"});
  for (const std::uint64_t seed : plan.seeds)
    for (std::size_t fold = folds > 0; fold <= folds; ++fold)
      for (std::size_t i = 0; i < plan.configs.size(); ++i) {
        const fs::path runs = folder / "runs" / plan.configs[i].name;
        plan.runs.push_back({i, seed, runs / name_of_run(seed, fold), fold});
      }
}

}  // namespace nnrun::host
