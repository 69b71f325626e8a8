// The sentences of a comparison.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "comparison/comparison.hpp"
namespace nnrun::host {
namespace {

constexpr double level = 0.05;
constexpr double worth_a_sentence = 1.1;  // times as fast; smaller factors are not worth mentioning

/// Returns `10 seeds`, or `5 folds of one seed`.
std::string runs_text(const Report& report) {
  const std::size_t seeds = report.seeds.size();
  const std::string text = seeds == 1 ? "one seed" : std::to_string(seeds) + " seeds";
  const std::size_t folds = report.folds.count;
  return folds == 0 ? text : std::to_string(folds) + " folds of " + text;
}

/// 'a', 'b' and 'c'; of many, the first eight.
std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  const std::size_t shown = names.size() > most + 1 ? most : names.size() - 1;
  const std::vector<std::string> first(names.begin(),
                                       names.begin() + static_cast<std::ptrdiff_t>(shown));
  if (first.empty()) return names.back();
  return join(first, ", ") + " and " +
         (shown + 1 == names.size() ? names.back()
                                    : std::to_string(names.size() - shown) + " others");
}

/// "more accurate" and "less accurate" where the metric has such an adjective; else "better in r2".
struct Words {
  std::string better, worse, by;
};
Words words_for(const Report& report) {
  if (report.adjective.empty()) return {"better", "worse", " in " + report.metric};
  return {"more " + report.adjective, "less " + report.adjective, ""};
}

bool is_clear(const std::optional<double>& p) {
  return p.value_or(1) < level;
}

/// The rows that are clearly better and clearly worse than the baseline, by name.
struct ClearRows {
  std::vector<std::string> better, worse;
  std::size_t compared = 0, judged = 0;  // judged: by more than one pair
};
ClearRows clear_rows(const Report& report) {
  ClearRows out;
  for (const ReportRow& row : report.rows) {
    if (!row.against) continue;
    ++out.compared;
    out.judged += row.against->p.has_value();
    if (!is_clear(row.against->p_holm)) continue;
    const bool up = row.against->difference > 0;
    (up == report.higher_is_better ? out.better : out.worse).push_back(single_quoted(row.name));
  }
  return out;
}

void say_what_is_best(const Report& report, std::size_t close, std::vector<std::string>& out) {
  const Words words = words_for(report);
  out.push_back(single_quoted(report.baseline) + " has the best mean" + words.by +
                (close == 0   ? "; all others are clearly " + words.worse
                 : close == 1 ? "; 1 other cannot be told from it"
                              : "; " + std::to_string(close) + " others cannot be told from it") +
                " at " + runs_text(report) + ".");
}

/// The first of equals is named the best, for no other reason than that it is the first.
void say_what_is_equal(const Report& report, std::vector<std::string>& out) {
  if (report.kind != "sweep" || !report.rows.front().metric.mean) return;
  if (report.rows.size() > 1 && !report.rows[1].metric.mean)
    out.push_back(single_quoted(report.rows.front().name) + " is the only point with a score.");
  std::vector<std::string> equal;
  for (const ReportRow& row : report.rows)
    if (row.metric.mean == report.rows.front().metric.mean)
      equal.push_back(single_quoted(row.name));
  if (equal.size() > 1)
    out.push_back(list_of(equal) + " have the same mean: the first of the sweep is taken.");
}

void say_what_is_better(const Report& report, std::vector<std::string>& out) {
  const ClearRows rows = clear_rows(report);
  if (rows.compared == 0) return;
  if (report.kind == "sweep")
    return say_what_is_best(report, rows.compared - rows.worse.size() - rows.better.size(), out);
  if (rows.judged == 0) return;
  const Words words = words_for(report);
  const std::string baseline = single_quoted(report.baseline);
  const std::string end = words.by + " at " + runs_text(report) + ".";
  const auto are = [](const std::vector<std::string>& names) {
    return names.size() == 1 ? " is clearly " : " are clearly ";
  };
  if (rows.better.empty())
    out.push_back("No config is clearly " + words.better + " than " + baseline + end);
  else
    out.push_back(list_of(rows.better) + are(rows.better) + words.better + " than " + baseline +
                  end);
  if (!rows.worse.empty())
    out.push_back(list_of(rows.worse) + are(rows.worse) + words.worse + " than " + baseline + end);
}

void say_what_is_faster(const Report& report, std::vector<std::string>& out) {
  if (report.kind == "sweep" || report.length.kind == "seconds" || !report.times_compare) return;
  for (const ReportRow& row : report.rows) {
    if (!row.against || !is_clear(row.against->times_faster_p_holm)) continue;
    const double times = *row.against->times_faster;
    if (times >= worth_a_sentence)
      out.push_back(fmt::format("{} trained {:.1f} times faster.", single_quoted(row.name), times));
    else if (1 / times >= worth_a_sentence)
      out.push_back(
          fmt::format("{} trained {:.1f} times slower.", single_quoted(row.name), 1 / times));
  }
}

void say_what_is_missing(const Report& report, std::vector<std::string>& out) {
  std::size_t failed = 0, missing = 0, undefined = 0, all = 0;
  for (const ReportRow& row : report.rows)
    for (const ReportRun& run : row.runs) {
      ++all;
      failed += run.status == "failed";
      missing += run.status != "failed" && !run.done();
      undefined += run.done() && !value_in(run, report.part, report.metric);
    }
  const auto runs = [&](std::size_t n) {
    return std::to_string(n) + " of " + std::to_string(all) + (all == 1 ? " run" : " runs");
  };
  if (failed == all)
    out.push_back(all == 1 ? "The run failed: there is nothing to compare."
                           : "All " + std::to_string(all) +
                                 " runs failed: there is nothing to compare.");
  else if (failed > 0)
    out.push_back(runs(failed) + " failed; the numbers are those of the others.");
  if (missing > 0) out.push_back(runs(missing) + " did not finish.");
  if (undefined > 0)
    out.push_back("The " + report.metric + " of " + runs(undefined) + " is not defined" +
                  (undefined + failed + missing < all ? "; the numbers are those of the others."
                                                      : ": there is nothing to compare."));
}

/// Says how much so few runs can show.
void say_what_is_noise(const Report& report, std::vector<std::string>& out) {
  const std::size_t seeds = report.seeds.size(), folds = report.folds.count;
  if (folds > 0 && seeds * folds < 10)
    out.push_back("With " + runs_text(report) + " only large differences show: use --seeds 10.");
  else if (folds == 0 && seeds == 1)
    out.push_back("One seed cannot tell a better config from luck: use --seeds 10.");
  else if (folds == 0 && seeds < 5)
    out.push_back("With " + runs_text(report) + " only large differences show: use --seeds 10.");
}

/// Recorded runs may have been made with other seeds or folds than the baseline's, and some of both
/// may have failed.
void say_what_is_apart(const Report& report, std::vector<std::string>& out) {
  const auto baseline = std::ranges::find(report.rows, report.baseline, &ReportRow::name);
  if (baseline == report.rows.end()) return;
  const bool has_other = std::ranges::any_of(report.rows, [&](const ReportRow& row) {
    return &row != &*baseline && row.metric.mean.has_value();
  });
  if (!baseline->metric.mean) {
    if (has_other)
      out.push_back("The baseline " + single_quoted(report.baseline) +
                    " has no number, so there is no verdict: --baseline names another config.");
    return;
  }
  const bool any_fold = std::ranges::any_of(report.rows, [](const ReportRow& row) {
    return std::ranges::any_of(row.runs, [](const ReportRun& run) { return run.fold > 0; });
  });
  const std::string seed = any_fold ? "seed with the same fold" : "seed";
  for (const ReportRow& row : report.rows) {
    if (&row == &*baseline || !row.metric.mean) continue;
    const std::string both =
        single_quoted(row.name) + " and " + single_quoted(report.baseline) + " have ";
    if (!row.against)
      out.push_back(both + "no " + seed +
                    " in common, so there is no verdict: their numbers may be of different "
                    "examples.");
    else if (row.against->pairs == 1 && (row.runs.size() > 1 || baseline->runs.size() > 1))
      out.push_back(both + "one " + seed + " in common, which is too little for a verdict.");
  }
}

/// Costs of other classes or other weights are other quantities.
void say_what_costs_are(const Report& report, std::vector<std::string>& out) {
  if (report.why_costs_differ.empty()) return;
  out.push_back("Costs are not comparable, for " + report.why_costs_differ +
                (report.metric == "cost"
                     ? ": there is no verdict. Give the configs a metric, as in metrics: [r2]."
                     : "."));
}

/// Says what the scores of folds, or of parts that each seed draws, are.
void say_what_runs_share(const Report& report, std::vector<std::string>& out) {
  const auto compared = [](const ReportRow& row) { return row.against.has_value(); };
  const bool intervals = report.seeds.size() > 1 ||
                         (report.folds.count > 0 && std::ranges::any_of(report.rows, compared));
  if (report.overlap > 0 && intervals)
    out.push_back(std::string(report.folds.count > 0 ? "Runs of different folds share training "
                                                       "examples"
                                                     : "Each seed draws its " + report.part +
                                                           " part from the same rows") +
                  ": intervals and verdicts allow for it (Nadeau and Bengio 2003).");
  for (std::string note : report.folds.notes) {
    note[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(note[0])));
    out.push_back(note + ".");
  }
}

std::string score_text(const Report& report, double score) {
  return report.metric + " is " +
         (report.fraction ? fmt::format("{:.2f} %", 100 * score) : significant(score, 4));
}

/// Returns the mean of what a row's runs scored on the test part.
std::optional<double> test_score(const ReportRow& row, const Report& report) {
  double sum = 0;
  std::size_t count = 0;
  for (const ReportRun& run : row.runs)
    if (const auto score = value_in(run, part_names[NNRUN_TEST], report.metric)) {
      sum += *score;
      ++count;
    }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

bool chooses_by_test(const Report& report) {
  return report.folds.count == 0 && report.part == part_names[NNRUN_TEST];
}

/// Returns by what else configs can be compared than by the training part.
std::string other_part(const Report& report) {
  for (const std::size_t part : {NNRUN_VALIDATION, NNRUN_TEST})
    for (const ReportRow& row : report.rows)
      for (const ReportRun& run : row.runs)
        if (value_in(run, part_names[part], report.metric))
          return "The data have a " + std::string(part_names[part]) + " part: --metric " +
                 (part == NNRUN_TEST ? "test." : "val.") + report.metric + ".";
  return "Give the data a part to compare by: data.split: {validation: 0.2}.";
}

/// The best of several scores was chosen for being the best, perhaps by luck: says what the best
/// point is worth elsewhere, which may be less or more, or how to find out.
void say_what_was_chosen(const Report& report, std::vector<std::string>& out) {
  if (report.folds.count == 0 && report.part == part_names[NNRUN_TRAIN])
    out.push_back(
        "These are scores of the training part: they say how well a config fits what it was "
        "trained on, not what it is worth. " +
        other_part(report));
  if (report.kind != "sweep") return;
  const ReportRow& best = report.rows.front();
  const bool has_validation =
      !best.runs.empty() &&
      value_in(best.runs.front(), part_names[NNRUN_VALIDATION], report.metric).has_value();
  if (chooses_by_test(report))
    return out.push_back(
        "These are scores of the test part: the best of several may look better there than it "
        "is. " +
        (has_validation
             ? "Choose by the part that is there for it: --metric val." + report.metric + "."
             : std::string("Give the data a part to choose by: --set "
                           "data.split.validation=0.2.")));
  const auto scored = std::ranges::count_if(
      report.rows, [](const ReportRow& row) { return row.metric.mean.has_value(); });
  if (scored < 2 || report.part == part_names[NNRUN_TRAIN]) return;
  const auto score = report.folds.count > 0 ? std::nullopt : test_score(best, report);
  out.push_back("The best of " + std::to_string(report.rows.size()) +
                " was chosen by its score, and luck may have helped it: " +
                (score
                     ? "on the test part, which had no say, its " + score_text(report, *score) + "."
                 : report.folds.set_aside > 0
                     ? "its score on the test part, which no run has seen, is what it is worth."
                     : "only examples that had no say can tell, as with data.split.test."));
}

}  // namespace

std::vector<std::string> summary_of(const Report& report) {
  std::vector<std::string> out;
  const bool any_done = std::ranges::any_of(report.rows, [](const ReportRow& row) {
    return std::ranges::any_of(row.runs, &ReportRun::done);
  });
  if (report.seeds.size() > 1 || report.folds.count > 0) {
    say_what_is_better(report, out);
    say_what_is_faster(report, out);
  }
  say_what_is_equal(report, out);
  if (any_done) say_what_is_noise(report, out);
  say_what_is_missing(report, out);
  if (any_done) {
    say_what_was_chosen(report, out);
    say_what_costs_are(report, out);
    if (report.metric != "cost" || report.why_costs_differ.empty()) say_what_is_apart(report, out);
    say_what_runs_share(report, out);
  }
  if (report.length.kind == "seconds")
    out.push_back("Training ended by the clock: these numbers do not repeat bit for bit.");
  return out;
}

}  // namespace nnrun::host
