#include <algorithm>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "cli/compare_session.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "comparison/condition.hpp"
#include "report/read_run.hpp"
#include "runs/run_folder.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t seeds_by_default = 10, seeds_of_folds_by_default = 3;

ComparisonPlan plan_of_configs(const Arguments& arguments, Registry& registry) {
  ComparisonPlan plan;
  plan.seeds = seeds_of(
      std::to_string(arguments.has("--folds") ? seeds_of_folds_by_default : seeds_by_default));
  read_options(arguments, plan);
  for (const Override& change : arguments.overrides)
    if (change.path == "seed")
      throw UsageError(Problem{.what = "a comparison trains with the seeds of --seeds: --set seed "
                                       "would change nothing",
                               .hint = "--seeds 10 is 1 to 10; --seeds 3,7 is those two"});
  for (const std::string& file : arguments.targets) {
    ComparedConfig config;
    config.file = file;
    config.experiment = read_experiment(file, arguments.overrides, registry);
    if (!config.experiment.sweep.keys.empty() && !arguments.quiet && !arguments.json)
      Terminal(stderr).write("note: " + single_quoted(file) +
                             " is trained without its sweep: nnrun sweep " + shell_word(file) +
                             " trains the points\n");
    config.name = config.experiment.name;
    plan.configs.push_back(std::move(config));
  }
  complete(plan);
  say_warnings(arguments, plan);
  check_condition(plan);
  return plan;
}

/// Returns the first key, apart from seeds and fold, that is different in two configs, or only in
/// one; empty if there is none.
std::string different_key(const Experiment& a, const Experiment& b) {
  auto keys = resolved_keys(a), others = resolved_keys(b);
  for (auto* const all : {&keys, &others})
    for (const char* const key : {"seed", "data.split.fold", "data.split.test_seed"})
      all->erase(key);
  for (const auto* const all : {&keys, &others})
    for (const auto& [key, value] : *all) {
      const auto& rest = all == &keys ? others : keys;
      if (const auto other = rest.find(key); other == rest.end() || other->second != value)
        return key;
    }
  return "";
}

/// Adds a recorded run to the config of its name.
void add_run(const fs::path& folder, Registry& registry, ComparisonPlan& plan) {
  const Experiment experiment = read_experiment(folder / "config.yaml", {}, registry);
  auto config = std::ranges::find(plan.configs, experiment.name, &ComparedConfig::name);
  if (config == plan.configs.end()) {
    plan.configs.push_back(
        {.name = experiment.name, .file = folder.string(), .experiment = experiment});
    config = plan.configs.end() - 1;
  }
  if (const std::string key = different_key(experiment, config->experiment); !key.empty())
    throw UsageError(Problem{
        .what = "'" + folder.string() + "' and '" + config->file + "' are both called '" +
                experiment.name + "', but '" + key + "' is different",
        .hint = "nnrun runs diff " + shell_word(config->file) + " " + shell_word(folder.string()) +
                " shows all that differs\nto compare them, train one again under another "
                "name: nnrun " +
                shell_word((folder / "config.yaml").string()) + " --set name=" + experiment.name +
                "-2"});
  const auto index = static_cast<std::size_t>(config - plan.configs.begin());
  const Split& split = experiment.data.split;
  for (const PlannedRun& run : plan.runs)
    if (run.config == index && run.seed == experiment.seed && run.fold == split.fold)
      throw UsageError(
          Problem{.what = "'" + run.folder.string() + "' and '" + folder.string() + "' are both " +
                          words_for_run(run.seed, run.fold) + " of '" + experiment.name + "'",
                  .hint = "leave one of the two away, or show what differs: nnrun runs diff " +
                          shell_word(run.folder.string()) + " " + shell_word(folder.string())});
  plan.runs.push_back({index, experiment.seed, folder, split.fold});
  if (std::ranges::find(plan.seeds, experiment.seed) == plan.seeds.end())
    plan.seeds.push_back(experiment.seed);
  if (!plan.part.empty()) return;
  const ReportRun run = read_run(folder, experiment.seed);
  if (!run.epochs) return;  // it failed
  plan.part =
      part_names[split.folds > 0 ? std::size_t{NNRUN_TEST} : part_to_choose_by([&](std::size_t p) {
        return run.scores[p].has_value();
      })];
}

/// Throws UsageError for what is not the folder of a run that ended.
[[noreturn]] void refuse_target(const fs::path& target) {
  std::error_code none;
  std::string hint = "configs and run folders cannot be mixed";
  if (fs::is_directory(target, none)) {
    hint = "nnrun runs lists those that are below a folder";
    for (fs::directory_iterator entry(target, none), end; !none && entry != end;
         entry.increment(none))
      if (has_ended(entry->path()))
        hint = "it has runs in it: " + shell_word(target.string()) + "/*";
    if (has_plan(target))
      hint = "it is a comparison: " + shell_word((target / "runs").string()) + "/*/* are its runs";
  }
  throw UsageError(Problem{
      .what = "'" + target.string() + "' is not the folder of a run that ended", .hint = hint});
}

/// Returns whether a run was trained beside others: how long it took says less then.
bool is_of_comparison(const fs::path& run) {
  const fs::path folder = fs::absolute(run).lexically_normal();
  const fs::path name = folder.has_filename() ? folder : folder.parent_path();
  return has_plan(name.parent_path().parent_path().parent_path());
}

ComparisonPlan plan_of_runs(const Arguments& arguments, Registry& registry) {
  for (const char* option : {"--seeds", "--folds", "--budget", "--set", "--timeout", "--shard"})
    if (arguments.has(option))
      throw UsageError(Problem{.what = std::string(option) + " is for configs: these runs are made",
                               .hint = "give configs to train them"});
  ComparisonPlan plan;
  plan.recorded = true;
  read_options(arguments, plan);
  for (const std::string& target : arguments.targets) {
    if (!has_ended(target)) refuse_target(target);
    add_run(fs::path(target), registry, plan);
  }
  plan.one_at_a_time = std::ranges::none_of(arguments.targets, is_of_comparison);
  std::ranges::sort(plan.seeds);
  const auto other_fold = [&](const PlannedRun& run) { return run.fold != plan.runs[0].fold; };
  if (std::ranges::any_of(plan.runs, other_fold))  // all have as many: else the data differ
    plan.folds.count = plan.configs[0].experiment.data.split.folds;
  if (plan.part.empty()) plan.part = "train";
  complete(plan);
  check_condition(plan);
  return plan;
}

}  // namespace

Exit compare(const Arguments& arguments, Registry& registry) {
  if (arguments.has("--resume")) return resume_comparison(arguments, registry, "compare");
  const bool runs = std::ranges::any_of(arguments.targets, [](const std::string& target) {
    std::error_code none;
    return fs::is_directory(target, none);
  });
  ComparisonPlan plan =
      runs ? plan_of_runs(arguments, registry) : plan_of_configs(arguments, registry);
  const Shard shard = asked_shard(arguments, "compare");
  const fs::path folder = arguments.has("--shard") ? shared_folder(arguments, "comparison")
                                                   : new_folder(arguments, "compare");
  if (!runs) {
    plan_runs(plan, folder);
    write_plan(plan, folder);
  }
  return run_comparison(arguments, registry, plan, folder, shard);
}

}  // namespace nnrun::host
