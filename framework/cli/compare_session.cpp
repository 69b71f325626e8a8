#include "cli/compare_session.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "cli/compare_progress.hpp"
#include "cli/compare_view.hpp"
#include "cli/interrupt.hpp"
#include "cli/train_best.hpp"
#include "comparison/attempt.hpp"
#include "comparison/comparison.hpp"
#include "comparison/comparison_folder.hpp"
#include "comparison/condition.hpp"
#include "comparison/train_runs.hpp"
#include "report/page.hpp"
#include "report/read_run.hpp"
#include "runs/json_file.hpp"
#include "runs/run_folder.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

std::string times_text(const ComparisonPlan& plan, unsigned jobs) {
  if (plan.recorded) return "as recorded";
  if (plan.one_at_a_time) return "one run at a time";
  return jobs == 1 ? "one run at a time, in processes that runs share"
                   : std::to_string(jobs) + " runs at a time";
}

bool is_there(const PlannedRun& run) {
  std::error_code ignored;
  return fs::exists(run.folder / "run.json", ignored);
}

std::vector<PlannedRun> runs_of(const ComparisonPlan& plan, const Shard& shard) {
  std::vector<PlannedRun> runs;
  for (std::size_t i = shard.index; i < plan.runs.size(); i += shard.count)
    runs.push_back(plan.runs[i]);
  return runs;
}

/// The runs that this process is to train.
struct ToTrain {
  std::vector<PlannedRun> runs;
  std::size_t again = 0;  ///< how many of them were tried before
};
ToTrain to_train(const ComparisonPlan& plan, const Shard& shard) {
  ToTrain out;
  for (const PlannedRun& run : runs_of(plan, shard)) {
    const Attempt attempt = attempt_in(run.folder);
    if (attempt == Attempt::ended) continue;
    out.runs.push_back(run);
    out.again += attempt == Attempt::repeated;
  }
  return out;
}

/// Returns the command that goes on where this one ends.
std::string resume_line(const Arguments& arguments, const ComparisonPlan& plan,
                        const fs::path& folder) {
  std::string line = "resume   nnrun " + plan.kind + " --resume " + shell_word(folder.string());
  for (const std::string option : {"--shard", "--jobs", "--timeout", "--fail-if", "--then"}) {
    const bool in_plan = option == "--timeout" || option == "--fail-if";  // of its first start
    if (arguments.has(option) && (!in_plan || arguments.has("--resume")))
      line += " " + option + " " + shell_word(arguments.text(option));
  }
  return line + "\n";
}

std::size_t count_there(const ComparisonPlan& plan) {
  return static_cast<std::size_t>(std::ranges::count_if(plan.runs, is_there));
}

[[noreturn]] void end_interrupted(const Arguments& arguments, const ComparisonPlan& plan,
                                  const fs::path& folder) {
  Terminal(stderr).write("interrupted: " + std::to_string(count_there(plan)) + " of " +
                         std::to_string(plan.runs.size()) + " runs are there\n" +
                         resume_line(arguments, plan, folder));
  throw Interrupted{128 + interrupt_signal()};
}

/// Throws Interrupted if a signal has arrived.
void train_missing(const Arguments& arguments, const ComparisonPlan& plan, const fs::path& folder,
                   const Shard& shard, unsigned jobs) {
  const bool quiet = arguments.quiet || arguments.json;
  const ComparisonFolder shared(folder);
  const ToTrain missing = to_train(plan, shard);
  if (missing.runs.empty()) {
    for (const std::string option : {"--timeout", "--time"})
      if (arguments.has(option) && arguments.has("--resume") && !quiet)
        Terminal(stderr).write("note: all runs have ended, so " + option +
                               " changes nothing; a run that nnrun runs rm removed is trained "
                               "again by --resume\n");
    return;
  }
  if (missing.again > 0 && !quiet)
    Terminal(stderr).write("again    " + std::to_string(missing.again) +
                           (missing.again == 1 ? " run that was" : " runs that were") +
                           " cut short, or failed for a reason outside of it\n");
  bool whole = false;
  {
    CompareProgress progress(plan, missing.runs.size(), quiet);
    RunsListener listener;
    listener.started = [&](const PlannedRun& run) { progress.started(run); };
    listener.progress = [&](const PlannedRun& run, RunProgress p) { progress.moved(run, p); };
    listener.ended = [&](const PlannedRun& run) { progress.ended(run); };
    listener.stop = [] { return interrupt_signal() != 0; };
    watch_for_interrupts();
    whole = train_runs(plan, missing.runs, jobs, listener);
  }
  if (!whole) end_interrupted(arguments, plan, folder);
}

void show(const Arguments& arguments, const Report& report) {
  const Terminal out(stdout);
  if (arguments.has("--csv"))
    out.write_data(comparison_csv(report));
  else if (arguments.has("--md"))
    out.write(comparison_markdown(report));
  else
    out.write(comparison_text(report, out) + "page     " + report.page + "\n");
}

/// Shows the results; after a sweep, what trains its best point, or trains it and shows that.
void show_all(const Arguments& arguments, Registry& registry, const Report& report,
              const std::optional<BestPoint>& best) {
  const bool then = arguments.has("--then") && best;
  const Terminal out(stdout);
  if (!arguments.json) show(arguments, report);
  nlohmann::ordered_json trained;
  if (arguments.has("--then") && !best && !arguments.json)
    Terminal(stderr).write("then     nothing is trained: no point has a score\n");
  if (then) trained = train_best(arguments, registry, *best, report);
  if (arguments.json) {
    nlohmann::ordered_json json = to_json(report, ReportForm::table);
    if (then) json["best_run"] = std::move(trained);
    out.write_data(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                   "\n");
  } else if (best && !then && !arguments.has("--csv") && !arguments.has("--md")) {
    out.write("next     " + report.next + "\n");
  }
}

bool any_failed(const Report& report) {
  return std::ranges::any_of(report.rows, [](const ReportRow& row) {
    return std::ranges::count(row.runs, "failed", &ReportRun::status) > 0;
  });
}

/// Tells what part of the runs is done, and which of them failed.
Exit end_of_shard(const ComparisonPlan& plan, const fs::path& folder, const Shard& shard) {
  const Terminal talk(stderr);
  Exit status = Exit::done;
  for (const PlannedRun& run : runs_of(plan, shard)) {
    const ReportRun there = read_run(run.folder, run.seed);
    if (there.status != "failed") continue;
    status = Exit::failed;
    talk.write("error: '" + plan.configs[run.config].name + "' " +
               words_for_run(run.seed, run.fold) + " failed: " + there.error + "\n");
  }
  talk.write("shard    " + std::to_string(shard.index + 1) + " of " + std::to_string(shard.count) +
             " is done; " + std::to_string(count_there(plan)) + " of " +
             std::to_string(plan.runs.size()) + " runs are there\n");
  std::string left;
  for (Shard other{0, shard.count}; other.index < other.count; ++other.index)
    if (!std::ranges::all_of(runs_of(plan, other), is_there))
      left += (left.empty() ? "left     --shard " : ", ") + std::to_string(other.index + 1) + "/" +
              std::to_string(other.count);
  talk.write(left + "\nthen     nnrun " + plan.kind + " --resume " + shell_word(folder.string()) +
             "  shows all of them\n");
  return status;
}

}  // namespace

void say_warnings(const Arguments& arguments, const ComparisonPlan& plan) {
  const Terminal talk(stderr);
  if (!arguments.json) talk.write(render("warning", plan.warnings, talk.colour()));
}

fs::path new_folder(const Arguments& arguments, const std::string& kind) {
  return arguments.has("--out") ? RunFolder::create_at(arguments.text("--out")).path()
                                : RunFolder::create("runs", kind).path();
}

fs::path shared_folder(const Arguments& arguments, const std::string& what) {
  const fs::path folder = arguments.text("--out");
  std::error_code ignored;
  bool has_others = false;
  if (!has_plan(folder))
    for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
      const std::string name = entry->path().filename().string();
      has_others = has_others || (name != "configs" && !name.starts_with("."));
    }
  // another shard may have begun meanwhile: its plan is there before all else that it makes
  if (has_others && !has_plan(folder))
    throw RecordError(Problem{.what = "'" + folder.string() + "' is not the folder of a " + what,
                              .hint = "name a new one with --out"});
  return folder;
}

Shard asked_shard(const Arguments& arguments, const std::string& kind) {
  if (!arguments.has("--shard")) return {};
  if (!arguments.has("--out"))
    throw UsageError(Problem{.what = "--shard needs --out: the folder that all parts share",
                             .hint = "--out runs/" + kind + "/mine"});
  return shard_of(arguments.text("--shard"));
}

Exit resume_comparison(const Arguments& arguments, Registry& registry, const std::string& kind) {
  const fs::path folder = arguments.text("--resume");
  require_then(arguments);
  for (const char* option : {"--seeds", "--folds", "--budget", "--set", "--metric", "--out"})
    if (arguments.has(option))
      throw UsageError(Problem{.what = std::string(option) + " cannot be changed with --resume",
                               .hint = "the plan is in " + (folder / "plan.json").string()});
  if (!arguments.targets.empty())
    throw UsageError(
        Problem{.what = "--resume needs no config, '" + arguments.targets[0] + "' is too much",
                .hint = "nnrun " + kind + " --resume " + shell_word(folder.string())});
  ComparisonPlan plan = read_plan(folder, registry);
  if (plan.kind != kind)
    throw UsageError(
        Problem{.what = "'" + folder.string() + "' is the folder of a " +
                        (plan.kind == "sweep" ? "sweep" : "comparison"),
                .hint = "nnrun " + plan.kind + " --resume " + shell_word(folder.string())});
  const std::vector<std::string> command_line = plan.command_line;
  read_options(arguments, plan);
  plan.command_line = command_line;
  check_condition(plan);
  plan_runs(plan, folder);
  return run_comparison(arguments, registry, plan, folder,
                        arguments.has("--shard") ? shard_of(arguments.text("--shard")) : Shard{});
}

Exit run_comparison(const Arguments& arguments, Registry& registry, const ComparisonPlan& plan,
                    const fs::path& folder, const Shard& shard) {
  const unsigned jobs = plan.one_at_a_time && !arguments.has("--jobs") ? 1 : jobs_of(arguments);
  const Terminal talk(stderr);
  if (!plan.recorded) train_missing(arguments, plan, folder, shard, jobs);
  if (count_there(plan) < plan.runs.size())  // other machines run the rest
    return end_of_shard(plan, folder, shard);
  const fs::path page = folder / "compare.html";
  Report report = report_of(plan, times_text(plan, jobs), page.string());
  const std::optional<BestPoint> best =
      plan.kind == "sweep" ? best_point(plan, report, folder) : std::nullopt;
  if (best) report.next = command_line(*best);
  write_file(folder / "comparison.json", json_text(report, ReportForm::file) + "\n",
             Existing::replaced);
  write_file(page, page_of(report), Existing::replaced);
  show_all(arguments, registry, report, best);
  // a signal that came when all was done, such as that of a terminal which was closed
  if (interrupt_signal() != 0) throw Interrupted{128 + interrupt_signal()};
  Exit status = any_failed(report) ? Exit::failed : Exit::done;
  if (!plan.fail_if.empty())
    for (const std::string& sentence : met_conditions(plan.fail_if, report)) {
      talk.write("error: " + sentence + "\n");
      status = Exit::failed;
    }
  return status;
}

}  // namespace nnrun::host
