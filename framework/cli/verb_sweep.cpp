#include <algorithm>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "cli/compare_options.hpp"
#include "cli/compare_session.hpp"
#include "cli/slurm_job.hpp"
#include "cli/terminal.hpp"
#include "cli/train_best.hpp"
#include "cli/verbs.hpp"
#include "comparison/condition.hpp"
#include "comparison/sweep_points.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Returns the config of a point. Errors in a value point to its place in the sweep.
Experiment read_point(const std::string& file, std::vector<Override> overrides,
                      const SweepPoint& point, const std::string& name, const SweepSpec& sweep,
                      Registry& registry) {
  for (const auto& [path, value] : point) overrides.push_back({path, value});
  try {
    return read_experiment(file, overrides, registry);
  } catch (const ConfigError& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) {
      if (point.size() > 1) problem.note = "at the point " + single_quoted(name);
      if (!problem.place.source) continue;
      for (std::size_t k = 0; k < point.size(); ++k)
        if (problem.place.source->text == point[k].first + "=" + point[k].second) {
          problem.place = sweep.keys[k].place;
          problem.place.length = point[k].first.size();
        }
    }
    throw ConfigError(std::move(problems));
  }
}

/// Points are compared on the same folds, so that no key can differ that cuts them.
void refuse_other_folds(const SweepSpec& sweep) {
  for (const SweepKey& key : sweep.keys)
    if (key.path.starts_with("data.split") && key.path != "data.split.validation")
      throw ConfigError(Problem{.what = "'" + key.path + "' in the sweep changes the folds",
                                .place = key.place,
                                .hint = "remove it, or leave --folds away"});
}

void require_slurm(const Arguments& arguments) {
  if (!arguments.has("--slurm")) return;
  for (const char* const option : {"--shard", "--then", "--json", "--csv", "--md"})
    if (arguments.has(option) || (option == std::string("--json") && arguments.json))
      throw UsageError(
          Problem{.what = std::string("--slurm prints a job, ") + option + " has no place with it",
                  .hint = "nnrun sweep --resume DIR shows the results when all tasks have ended"});
}

Exit print_job(const Arguments& arguments, const ComparisonPlan& plan, const fs::path& folder) {
  const std::size_t tasks = arguments.has("--jobs") ? jobs_of(arguments) : 0;
  Terminal(stdout).write_data(slurm_job(plan, folder, tasks));
  if (!arguments.quiet)
    Terminal(stderr).write("planned  " + std::to_string(plan.runs.size()) + " runs in " +
                           folder.string() +
                           "\nnext     sbatch the job; then nnrun sweep --resume " +
                           shell_word(folder.string()) + "\n");
  return Exit::done;
}

}  // namespace

Exit sweep(const Arguments& arguments, Registry& registry) {
  if (arguments.has("--resume")) return resume_comparison(arguments, registry, "sweep");
  require_then(arguments);
  require_slurm(arguments);
  const Shard shard = asked_shard(arguments, "sweep");
  const std::string& file = arguments.targets[0];
  const Experiment base = read_experiment(file, arguments.overrides, registry);
  if (base.sweep.keys.empty())
    throw ConfigError(Problem{.what = "'" + file + "' has no sweep",
                              .hint = "write sweep: {train.batch_size: [10, 100]}"});
  const std::vector<SweepPoint> points = sweep_points(base.sweep, base.seed);
  const std::vector<std::string> names = point_names(points);
  ComparisonPlan plan;
  plan.kind = "sweep";
  plan.seeds = {base.seed};
  read_options(arguments, plan);
  if (plan.folds.count > 0) refuse_other_folds(base.sweep);
  for (std::size_t i = 0; i < points.size(); ++i) {
    ComparedConfig config;
    config.name = names[i];
    config.file = file;
    config.experiment =
        read_point(file, arguments.overrides, points[i], names[i], base.sweep, registry);
    config.experiment.name = names[i];
    config.set = points[i];
    plan.configs.push_back(std::move(config));
  }
  complete(plan);
  say_warnings(arguments, plan);
  check_condition(plan);
  const fs::path folder =
      arguments.has("--out") ? shared_folder(arguments, "sweep") : new_folder(arguments, "sweep");
  plan_runs(plan, folder);
  write_plan(plan, folder);
  if (arguments.has("--slurm")) return print_job(arguments, plan, folder);
  return run_comparison(arguments, registry, plan, folder, shard);
}

}  // namespace nnrun::host
