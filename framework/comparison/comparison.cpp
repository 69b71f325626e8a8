#include "comparison/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "comparison/children.hpp"
#include "comparison/comparable.hpp"
#include "comparison/holm_correction.hpp"
#include "comparison/same_sources.hpp"
#include "comparison/statistics.hpp"
#include "report/read_run.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {
namespace {

/// By what runs of different configs are pairs: the seed, and the fold that is held out.
using Pairing = std::pair<std::uint64_t, std::size_t>;
using ByPairing = std::map<Pairing, double>;

/// The numbers of a row's finished runs.
struct RowNumbers {
  ByPairing metric, cost, seconds;
};

std::vector<double> values_of(const ByPairing& numbers) {
  std::vector<double> out;
  for (const auto& entry : numbers) out.push_back(entry.second);
  return out;
}

Estimate estimate_of(const std::vector<double>& values, double overlap) {
  const MeanOf m = mean_of(values, overlap);
  Estimate out;
  if (m.count > 0) out.mean = m.mean;
  if (m.margin) out.interval = Interval{m.mean - *m.margin, m.mean + *m.margin};
  return out;
}

/// Throws RecordError for a run that was not made from its config of the plan.
void require_planned(const ComparisonPlan& plan, const PlannedRun& planned, const ReportRun& run) {
  if (run.config_sha256.empty()) return;  // it is missing
  const std::string yaml = resolved_yaml(experiment_of(plan, planned));
  if (sha256_of(std::as_bytes(std::span(yaml))) == run.config_sha256) return;
  throw RecordError(Problem{.what = "this run was not made from the config '" +
                                    plan.configs[planned.config].name + "' of the comparison",
                            .where = run.folder,
                            .hint = "nnrun runs rm " + shell_word(run.folder) +
                                    " removes it, then it is made again by --resume"});
}

std::vector<ReportRow> rows_of(const ComparisonPlan& plan) {
  std::vector<ReportRow> rows;
  for (const ComparedConfig& config : plan.configs)
    rows.push_back({.name = config.name,
                    .file = config.file,
                    .parameters = config.parameters,
                    .set = config.set,
                    .yaml = resolved_yaml(config.experiment)});
  for (const PlannedRun& run : plan.runs) {
    rows[run.config].runs.push_back(read_run(run.folder, run.seed));
    rows[run.config].runs.back().fold = run.fold;
    if (!plan.recorded) require_planned(plan, run, rows[run.config].runs.back());
  }
  return rows;
}

/// Joins the planes of a row's runs into one, with an output for each run.
void join_planes(ReportRow& row) {
  for (ReportRun& run : row.runs) {
    if (!run.plane) continue;
    if (!row.plane)
      row.plane = std::move(run.plane);
    else
      std::ranges::move(run.plane->outputs, std::back_inserter(row.plane->outputs));
    run.plane.reset();
  }
}

/// A run that finished an epoch has a number for the metric, if only one that is not finite.
void require_score(const ReportRun& run, const ComparisonPlan& plan) {
  if (!run.done() || run.epochs.value_or(0) == 0) return;
  for (std::size_t i = 0; i < NNRUN_PARTS; ++i)
    if (part_names[i] == plan.part && run.scores[i] &&
        std::ranges::count(*run.scores[i], plan.metric, &NamedScore::name) > 0)
      return;
  throw RecordError(
      Problem{.what = "'result." + plan.part + "." + plan.metric + "' is missing",
              .where = run.folder + "/run.json",
              .hint = "nnrun wrote this file, and something changed it: put it back"});
}

/// Fills in what follows from a row's runs, and returns their numbers.
RowNumbers summed_up(ReportRow& row, const ComparisonPlan& plan, double overlap) {
  RowNumbers numbers;
  for (const ReportRun& run : row.runs) {
    if (run.parameters) row.parameters = *run.parameters;
    require_score(run, plan);
    const auto metric = value_in(run, plan.part, plan.metric);
    const Pairing pairing(run.seed, run.fold);
    if (metric) numbers.metric[pairing] = *metric;
    if (const auto cost = value_in(run, plan.part, "cost")) numbers.cost[pairing] = *cost;
    if (run.done() && run.seconds) numbers.seconds[pairing] = run.seconds->train;
  }
  row.metric = estimate_of(values_of(numbers.metric), overlap);
  row.cost = estimate_of(values_of(numbers.cost), overlap);
  row.seconds =
      estimate_of(values_of(numbers.seconds), 0);  // of their own, whatever rows they share
  join_planes(row);
  return numbers;
}

/// Sorts the best first and rows without a value last.
void sort_best_first(Report& report) {
  std::ranges::stable_sort(report.rows, {}, [&](const ReportRow& row) -> double {
    if (!row.metric.mean) return INFINITY;
    return report.higher_is_better ? -*row.metric.mean : *row.metric.mean;
  });
}

/// Compares over the seeds and folds that both finished.
std::vector<double> paired_differences(const ByPairing& row, const ByPairing& baseline) {
  std::vector<double> out;
  for (const auto& [pairing, value] : row)
    if (const auto other = baseline.find(pairing); other != baseline.end())
      out.push_back(value - other->second);
  return out;
}

ByPairing logarithms(const ByPairing& seconds) {
  ByPairing out;
  for (const auto& [pairing, value] : seconds)
    if (value > 0) out[pairing] = std::log(value);
  return out;
}

/// Leaves the p of the paired test of speeds in times_faster_p_holm, not yet corrected.
std::optional<AgainstBaseline> against(const RowNumbers& row, const RowNumbers& baseline,
                                       const Report& report) {
  const std::vector<double> d = paired_differences(row.metric, baseline.metric);
  if (d.empty()) return std::nullopt;
  Estimate difference = estimate_of(d, report.overlap);
  // equal differences show no spread to judge by, which is not that there is none
  if (*difference.mean != 0 && is_spread_rounding(d)) difference.interval.reset();
  AgainstBaseline out{.difference = *difference.mean,
                      .interval = difference.interval,
                      .pairs = d.size(),
                      .p = paired_p(d, report.overlap)};
  out.wins = static_cast<std::size_t>(
      std::ranges::count_if(d, [&](double x) { return report.higher_is_better ? x > 0 : x < 0; }));
  const std::vector<double> speeds =
      paired_differences(logarithms(row.seconds), logarithms(baseline.seconds));
  if (!speeds.empty()) out.times_faster = std::exp(-mean_of(speeds).mean);
  out.times_faster_p_holm = paired_p(speeds, 0);
  return out;
}

/// Widens the interval of a difference by the factor that its p was corrected by.
std::optional<Interval> widened(const AgainstBaseline& against, std::size_t comparisons) {
  if (!against.interval || !against.p || !against.p_holm || against.pairs < 2) return std::nullopt;
  const double factor = *against.p > 0 ? std::max(1., *against.p_holm / *against.p)
                                       : static_cast<double>(comparisons);
  const auto freedom = static_cast<double>(against.pairs - 1);
  const double wider = t_quantile(1 - 0.025 / factor, freedom) / t_quantile(0.975, freedom);
  const double half = (against.interval->high - against.interval->low) / 2 * wider;
  return Interval{against.difference - half, against.difference + half};
}

/// Corrects p-values for the number of comparisons.
void correct(std::vector<ReportRow>& rows) {
  std::vector<std::optional<double>> p, speed_p;
  for (const ReportRow& row : rows) {
    p.push_back(row.against ? row.against->p : std::nullopt);
    speed_p.push_back(row.against ? row.against->times_faster_p_holm : std::nullopt);
  }
  const auto corrected = holm(p), speed_corrected = holm(speed_p);
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].against) {
      rows[i].against->p_holm = corrected[i];
      rows[i].against->interval_holm =
          widened(*rows[i].against, static_cast<std::size_t>(std::ranges::count_if(
                                        p, [](const auto& one) { return one.has_value(); })));
      rows[i].against->times_faster_p_holm = speed_corrected[i];
    }
}

std::vector<KeyValues> differences_of(const ComparisonPlan& plan) {
  std::vector<std::map<std::string, std::string>> configs;
  std::set<std::string> keys;
  for (const ComparedConfig& config : plan.configs) {
    configs.push_back(resolved_keys(config.experiment));
    for (const auto& entry : configs.back()) keys.insert(entry.first);
  }
  std::vector<KeyValues> out;
  for (const std::string& key : keys) {
    if (key == "name" || key == "seed") continue;
    std::vector<std::string> values;
    for (const auto& config : configs) {
      const auto found = config.find(key);
      values.push_back(found == config.end() ? "-" : found->second);
    }
    if (std::ranges::any_of(values, [&](const std::string& v) { return v != values[0]; }))
      out.push_back({key, values});
  }
  return out;
}

/// Returns a sentence for each config that differs from an earlier one by its name alone: what is
/// between their results is nothing that they say.
std::vector<std::string> sentences_of_equal_configs(const Report& report,
                                                    const ComparisonPlan& plan) {
  std::vector<std::string> sentences;
  for (std::size_t b = 1; b < plan.configs.size(); ++b)
    for (std::size_t a = 0; a < b; ++a) {
      if (std::ranges::any_of(report.differences,
                              [&](const KeyValues& of) { return of.values[a] != of.values[b]; }))
        continue;
      sentences.push_back("'" + plan.configs[a].name + "' and '" + plan.configs[b].name +
                          "' are the same config, but for the name.");
      break;
    }
  return sentences;
}

/// Returns the keys of a sweep, each with every value that a point gives it.
std::vector<KeyValues> settings_of(const ComparisonPlan& plan) {
  std::vector<KeyValues> settings;
  for (const ComparedConfig& config : plan.configs)
    for (std::size_t i = 0; i < config.set.size(); ++i) {
      const auto& [key, value] = config.set[i];
      if (settings.size() <= i) settings.push_back({key, {}});
      std::vector<std::string>& values = settings[i].values;
      if (std::ranges::find(values, value) == values.end()) values.push_back(value);
    }
  return settings;
}

/// Orders the rows of a sweep, and sets each row beside the baseline, unless their costs are all
/// that there is and do not mean the same.
void compare_rows(const ComparisonPlan& plan, Report& report) {
  std::map<std::string, RowNumbers> numbers;
  for (ReportRow& row : report.rows) numbers[row.name] = summed_up(row, plan, report.overlap);
  if (report.metric == "cost" && !report.why_costs_differ.empty()) return;
  if (plan.kind == "sweep") {
    sort_best_first(report);
    report.baseline = report.rows.front().name;
  }
  for (ReportRow& row : report.rows)
    if (row.name != report.baseline)
      row.against = against(numbers[row.name], numbers[report.baseline], report);
  correct(report.rows);
}

}  // namespace

Report report_of(const ComparisonPlan& plan, const std::string& times, const std::string& page) {
  const bool sweep = plan.kind == "sweep";
  Report report{
      .made = utc_now(),
      .kind = plan.kind,
      .baseline = plan.baseline,
      .seeds = plan.seeds,
      .folds = plan.folds,
      .metric = plan.metric,
      .fraction = plan.fraction,
      .higher_is_better = plan.higher_is_better,
      .adjective = plan.adjective,
      .metric_settings = plan.settings,
      .part = plan.part,
      .overlap = plan.folds.count > 0 ? overlap_of_folds(plan.folds.count) : overlap_of_draws(plan),
      .why_costs_differ = why_costs_differ(plan),
      .length = plan.length,
      .times = times,
      .times_compare = plan.one_at_a_time,
      .rows = rows_of(plan),
      .command_line = plan.command_line,
      .working_folder = working_folder(),
      .page = page};
  const std::vector<std::string> doubts = require_same_sources(plan, report.rows);
  compare_rows(plan, report);
  if (sweep)
    report.settings = settings_of(plan);
  else
    report.differences = differences_of(plan);
  report.summary = summary_of(report);
  if (!sweep)
    std::ranges::move(sentences_of_equal_configs(report, plan), std::back_inserter(report.summary));
  report.summary.insert(report.summary.end(), doubts.begin(), doubts.end());
  return report;
}

}  // namespace nnrun::host
