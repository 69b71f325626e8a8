#include "report/run_report.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/text.hpp"
#include "config/metric_names.hpp"
#include "report/page.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_table_classes = 50;  // of a table

/// Chooses what the run is judged by: the config's first metric that is a number, else the cost.
void choose_metric(const Experiment& experiment, const Scores& scores, Report& report) {
  report.metric = "cost";
  const std::vector<std::string> names = metric_names(experiment.metrics);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!value_of(scores, names[i])) continue;
    const Class& metric = *experiment.metrics[i].plugin;
    const auto flags = functions_of<nnrun_metric>(metric).flags;
    report.metric = names[i];
    report.fraction = (flags & NNRUN_FRACTION) != 0;
    report.higher_is_better = (flags & NNRUN_HIGHER_IS_BETTER) != 0;
    return;
  }
}

ReportRun run_of(const RunResult& result, const Experiment& experiment, const DataShape& data) {
  const Outcome& outcome = result.outcome;
  ReportRun run{.seed = experiment.seed,
                .folder = result.run,
                .status = outcome.interrupted ? "interrupted" : "done",
                .seconds = RunSeconds{result.total_seconds, outcome.seconds},
                .epochs = outcome.epochs.empty() ? 0 : outcome.epochs.back().epoch,
                .weights_sha256 = result.weights_sha256,
                .curve = curve_of(outcome, experiment, data)};
  if (!outcome.result) return run;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (const Score* const score = outcome.result->score(part)) {
      run.scores[part] = scores_of(*score, experiment);
      for (std::size_t i = 0; i < score->per_class.size(); ++i)
        if (const auto& values = score->per_class[i];
            !values.empty() && values.size() <= most_table_classes)
          run.per_class[part].push_back({metric_names(experiment.metrics)[i], values});
    }
  return run;
}

std::string value_text(const Report& report, double x) {
  return report.fraction ? fmt::format("{:.2f} %", x * 100) : significant(x, 4);
}

/// Returns what the last known value of a series scores; empty if there is none.
std::string naive_words(const Report& report, const std::optional<Score>& naive,
                        const Experiment& experiment) {
  if (!naive) return {};
  const std::optional<double> x = value_of(scores_of(*naive, experiment), report.metric);
  return x ? fmt::format("Were each answer the last value that is known, it would be {}.",
                         value_text(report, *x))
           : std::string();
}

std::string summary_of(const Report& report) {
  const ReportRow& row = report.rows.front();
  const std::size_t epochs = row.runs.front().epochs.value_or(0);
  if (!row.metric.mean) return "The run ended before its first epoch did.";
  const double x = *row.metric.mean;
  const auto& best = row.facts->best;
  const std::string when =
      best && best->is_kept && best->epoch != epochs
          ? fmt::format("with the numbers of epoch {} of {}", best->epoch, epochs)
          : fmt::format("after {} epoch{}", epochs, epochs == 1 ? "" : "s");
  return fmt::format("The {} of '{}' on the {} part is {} {}{}.", report.metric, row.name,
                     report.part == "train" ? "training" : report.part, value_text(report, x), when,
                     row.runs.front().done() ? "" : ", then interrupted");
}

/// Returns `Its best was 97.20 % on the validation part, in epoch 17.`
std::string words_of(const BestEpoch& best, const Report& report) {
  const std::string part = best.part == NNRUN_TRAIN ? "training" : part_names[best.part];
  const std::string value =
      report.fraction ? fmt::format("{:.2f} %", best.value * 100) : significant(best.value, 4);
  const std::string ties = best.ties == 0
                               ? ""
                               : fmt::format("; {} other{} as good", best.ties,
                                             best.ties == 1 ? " epoch was" : " epochs were");
  return fmt::format("The best epoch was {}, with {} on the {} part{}.{}", best.epoch, value, part,
                     ties, best.is_kept ? " The model has the numbers of that epoch." : "");
}

}  // namespace

Report report_of(const RunResult& result, const std::vector<std::string>& command_line,
                 const Experiment& experiment, Trainer& trainer) {
  const ReportRun run = run_of(result, experiment, trainer.data());
  const std::size_t part =
      part_that_counts([&](std::size_t p) { return run.scores[p].has_value(); });
  const Scores scores = run.scores[part].value_or(Scores{});
  Report report{.made = utc_now(),
                .kind = "run",
                .seeds = {experiment.seed},
                .part = part_names[part],
                .times = "one run at a time",
                .command_line = command_line};
  choose_metric(experiment, scores, report);
  report.rows.push_back({.name = experiment.name,
                         .file = experiment.file.string(),
                         .parameters = result.parameters,
                         .runs = {run},
                         .metric = {value_of(scores, report.metric)},
                         .cost = {value_of(scores, "cost")},
                         .seconds = {run.seconds->train},
                         .plane = sample_plane(trainer, experiment.seed),
                         .pictures = sample_pictures(trainer, part),
                         .answers = sample_answers(trainer, part),
                         .classes = trainer.data().names.classes,
                         .yaml = resolved_yaml(experiment)});
  report.working_folder = working_folder();
  RunFacts& facts = report.rows.front().facts.emplace(facts_of(trainer));
  const std::size_t chosen_by = run.scores[NNRUN_VALIDATION] ? std::size_t{NNRUN_VALIDATION} : part;
  facts.best =
      best_epoch_of(result.outcome, experiment, chosen_by, report.metric, report.higher_is_better);
  report.summary = {summary_of(report)};
  if (std::string words = naive_words(report, result.outcome.naive[part], experiment);
      !words.empty())
    report.summary.push_back(std::move(words));
  if (facts.best) report.summary.push_back(words_of(*facts.best, report));
  return report;
}

void write_page(const RunFolder& folder, const RunResult& result,
                const std::vector<std::string>& command_line, const Experiment& experiment,
                Trainer& trainer) {
  folder.write_report(page_of(report_of(result, command_line, experiment, trainer)));
}

}  // namespace nnrun::host
