#include "cli/run_comparison.hpp"

#include <cmath>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "cli/compare_progress.hpp"
#include "cli/compare_view.hpp"
#include "cli/interrupt.hpp"
#include "comparison/comparison.hpp"
#include "comparison/condition.hpp"
#include "comparison/run_pool.hpp"
#include "records/json_file.hpp"
#include "records/run_folder.hpp"
#include "report/page.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr long long most_seeds = 100'000;

unsigned jobs_of(const Arguments& arguments) {
  if (!arguments.has("--jobs"))
    return arguments.has("--time") ? 1 : std::max(1u, std::thread::hardware_concurrency());
  const std::string text = arguments.text("--jobs");
  const auto number = parse_integer(text);
  if (!number || *number < 1 || *number > 1024)
    throw UsageError(
        Problem{.what = "--jobs needs a whole number from 1 to 1024, not '" + text + "'"});
  if (arguments.has("--time") && *number > 1)
    throw UsageError(Problem{.what = "--time runs one at a time, --jobs " + text + " does not",
                             .hint = "leave one of the two away"});
  return static_cast<unsigned>(*number);
}

std::string times_text(unsigned jobs) {
  return jobs == 1 ? "one run at a time" : std::to_string(jobs) + " runs at a time";
}

bool is_there(const PlannedRun& run) {
  std::error_code ignored;
  return fs::exists(run.folder / "run.json", ignored);
}

std::vector<PlannedRun> missing_of(const ComparisonPlan& plan, const Shard& shard) {
  std::vector<PlannedRun> missing;
  for (std::size_t i = 0; i < plan.runs.size(); ++i)
    if (i % shard.count == shard.index && !is_there(plan.runs[i])) missing.push_back(plan.runs[i]);
  return missing;
}

std::string resume_line(const ComparisonPlan& plan, const fs::path& folder) {
  return "resume   nnrun " + plan.kind + " --resume " + folder.string() + "\n";
}

/// Throws Interrupted where a signal came.
void train_missing(const Arguments& arguments, const ComparisonPlan& plan, const fs::path& folder,
                   const Shard& shard, unsigned jobs) {
  const std::vector<PlannedRun> missing = missing_of(plan, shard);
  if (missing.empty()) return;
  bool whole = false;
  {
    CompareProgress progress(plan, missing.size(), arguments.quiet || arguments.json);
    PoolListener listener;
    listener.started = [&](const PlannedRun& run) { progress.started(run); };
    listener.progress = [&](const PlannedRun& run, double share, double cost) {
      progress.moved(run, share, cost);
    };
    listener.ended = [&](const PlannedRun& run) { progress.ended(run); };
    listener.stop = [] { return interrupt_signal() != 0; };
    watch_for_interrupts();
    whole = train_runs(plan, missing, jobs, listener);
  }
  if (whole) return;
  const auto done = std::ranges::count_if(plan.runs, is_there);
  Terminal(stderr).write("interrupted: " + std::to_string(done) + " of " +
                         std::to_string(plan.runs.size()) + " runs are there\n" +
                         resume_line(plan, folder));
  throw Interrupted{128 + interrupt_signal()};
}

void show(const Arguments& arguments, const Report& report) {
  const Terminal out(stdout);
  if (arguments.json)
    out.write(json_text(report, ReportForm::table) + "\n");
  else if (arguments.has("--csv"))
    out.write(comparison_csv(report));
  else if (arguments.has("--md"))
    out.write(comparison_markdown(report));
  else
    out.write(comparison_text(report, out) + "page     " + report.page + "\n");
}

bool any_failed(const Report& report) {
  return std::ranges::any_of(report.rows, [](const ReportRow& row) {
    return std::ranges::count(row.runs, "failed", &ReportRun::status) > 0;
  });
}

}  // namespace

std::vector<std::uint64_t> seeds_of(const std::string& text) {
  const auto refuse = [&](const std::string& what) {
    throw UsageError(
        Problem{.what = what, .hint = "--seeds 10 is 1 to 10; --seeds 3,7 is those two"});
  };
  std::vector<std::uint64_t> seeds;
  if (text.find(',') == text.npos) {
    const auto count = parse_integer(text);
    if (!count || *count < 1 || *count > most_seeds)
      refuse("--seeds needs a number from 1 to " + std::to_string(most_seeds) +
             ", or a list of seeds, not '" + text + "'");
    for (long long seed = 1; seed <= *count; ++seed)
      seeds.push_back(static_cast<std::uint64_t>(seed));
    return seeds;
  }
  std::string_view rest = text;
  std::set<std::uint64_t> taken;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    const std::string one(rest.substr(0, comma));
    more = comma != rest.npos;
    if (more) rest.remove_prefix(comma + 1);
    const auto seed = parse_integer(one);
    if (!seed || *seed < 0) refuse("'" + one + "' in --seeds is no seed");
    if (!taken.insert(static_cast<std::uint64_t>(*seed)).second)
      refuse("seed " + one + " is given twice");
    seeds.push_back(static_cast<std::uint64_t>(*seed));
  }
  return seeds;
}

CommonLength length_of(const std::string& text) {
  CommonLength length;
  const std::size_t equals = text.find('=');
  length.kind = text.substr(0, equals);
  const std::vector<std::string> kinds{"epochs", "examples", "seconds"};
  if (std::ranges::find(kinds, length.kind) == kinds.end())
    throw UsageError(Problem{.what = "--budget cannot be '" + text + "'",
                             .hint = "epochs, examples, examples=20000 or seconds=2"});
  if (equals == text.npos) {
    if (length.kind == "seconds")
      throw UsageError(Problem{.what = "--budget seconds needs a number",
                               .hint = "for example --budget seconds=2"});
    return length;
  }
  const std::string value = text.substr(equals + 1);
  const auto number = parse_double(value);
  const bool whole = number && *number == std::floor(*number) && *number < 1e15;
  if (length.kind == "epochs" || !number || !(*number > 0) || (length.kind == "examples" && !whole))
    throw UsageError(Problem{.what = "--budget cannot be '" + text + "'",
                             .hint = "epochs, examples, examples=20000 or seconds=2"});
  length.value = *number;
  return length;
}

void take_options(const Arguments& arguments, ComparisonPlan& plan) {
  if (arguments.has("--metric")) plan.metric = arguments.text("--metric");
  if (arguments.has("--baseline")) plan.baseline = arguments.text("--baseline");
  if (arguments.has("--seeds")) plan.seeds = seeds_of(arguments.text("--seeds"));
  if (arguments.has("--budget")) plan.length = length_of(arguments.text("--budget"));
  if (arguments.has("--fail-if")) plan.fail_if = arguments.text("--fail-if");
  if (arguments.has("--timeout")) {
    const auto seconds = parse_double(arguments.text("--timeout"));
    if (!seconds || !(*seconds > 0))
      throw UsageError(Problem{.what = "--timeout needs a number of seconds, not '" +
                                       arguments.text("--timeout") + "'"});
    plan.timeout = *seconds;
  }
  plan.command_line = arguments.command_line;
}

Shard shard_of(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto index = parse_integer(text.substr(0, slash));
  const auto count = slash == text.npos ? std::nullopt : parse_integer(text.substr(slash + 1));
  if (!index || !count || *count < 1 || *index < 1 || *index > *count)
    throw UsageError(Problem{.what = "--shard needs I/N with I from 1 to N, not '" + text + "'",
                             .hint = "for example --shard 1/4, 2/4, 3/4 and 4/4"});
  return {static_cast<std::size_t>(*index - 1), static_cast<std::size_t>(*count)};
}

fs::path new_folder(const Arguments& arguments, const std::string& kind) {
  return arguments.has("--out") ? RunFolder::create_at(arguments.text("--out")).path()
                                : RunFolder::create("runs", kind).path();
}

Exit resume_comparison(const Arguments& arguments, Registry& registry, const std::string& kind) {
  const fs::path folder = arguments.text("--resume");
  for (const char* option : {"--seeds", "--budget", "--set", "--metric", "--out"})
    if (arguments.has(option))
      throw UsageError(Problem{.what = std::string(option) + " cannot be changed with --resume",
                               .hint = "the plan is in " + (folder / "plan.json").string()});
  if (!arguments.targets.empty())
    throw UsageError(
        Problem{.what = "--resume needs no config, '" + arguments.targets[0] + "' is too much",
                .hint = "nnrun " + kind + " --resume " + folder.string()});
  ComparisonPlan plan = read_plan(folder, registry);
  if (plan.kind != kind)
    throw UsageError(Problem{.what = "'" + folder.string() + "' is the folder of a " +
                                     (plan.kind == "sweep" ? "sweep" : "comparison"),
                             .hint = "nnrun " + plan.kind + " --resume " + folder.string()});
  const std::vector<std::string> command_line = plan.command_line;
  take_options(arguments, plan);
  plan.command_line = command_line;
  if (!plan.fail_if.empty()) check_condition(plan.fail_if, plan.metric);
  plan_runs(plan, folder);
  return run_comparison(arguments, plan, folder,
                        arguments.has("--shard") ? shard_of(arguments.text("--shard")) : Shard{});
}

Exit run_comparison(const Arguments& arguments, const ComparisonPlan& plan, const fs::path& folder,
                    const Shard& shard) {
  const unsigned jobs = jobs_of(arguments);
  const Terminal talk(stderr);
  if (!plan.recorded) train_missing(arguments, plan, folder, shard, jobs);
  const auto there = static_cast<std::size_t>(std::ranges::count_if(plan.runs, is_there));
  if (there < plan.runs.size()) {  // other machines have the rest
    talk.write("shard    " + std::to_string(shard.index + 1) + " of " +
               std::to_string(shard.count) + " is done; " + std::to_string(there) + " of " +
               std::to_string(plan.runs.size()) + " runs are there\n" + resume_line(plan, folder));
    return Exit::done;
  }
  const fs::path page = folder / "compare.html";
  const Report report =
      report_of(plan, plan.recorded ? "as recorded" : times_text(jobs), page.string());
  replace_file(folder / "comparison.json", json_text(report, ReportForm::file) + "\n");
  replace_file(page, page_of(report));
  show(arguments, report);
  Exit status = any_failed(report) ? Exit::failed : Exit::done;
  if (!plan.fail_if.empty())
    for (const std::string& sentence : met_conditions(plan.fail_if, report)) {
      talk.write("error: " + sentence + "\n");
      status = Exit::failed;
    }
  return status;
}

}  // namespace nnrun::host
