// The sentences of a comparison.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "comparison/comparison.hpp"
namespace nnrun::host {
namespace {

constexpr double level = 0.05;
constexpr double worth_a_sentence = 1.1;  // times as fast; smaller factors are not worth mentioning

std::string seeds_text(std::size_t n) {
  return n == 1 ? "one seed" : std::to_string(n) + " seeds";
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
  std::size_t compared = 0;
};
ClearRows clear_rows(const Report& report) {
  ClearRows out;
  for (const ReportRow& row : report.rows) {
    if (!row.against) continue;
    ++out.compared;
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
                " at " + seeds_text(report.seeds.size()) + ".");
}

void say_what_is_better(const Report& report, std::vector<std::string>& out) {
  const ClearRows rows = clear_rows(report);
  if (rows.compared == 0) return;
  if (report.kind == "sweep")
    return say_what_is_best(report, rows.compared - rows.worse.size() - rows.better.size(), out);
  const Words words = words_for(report);
  const std::string baseline = single_quoted(report.baseline);
  const std::string end = words.by + " at " + seeds_text(report.seeds.size()) + ".";
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
  if (report.kind == "sweep" || report.length.kind == "seconds") return;
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

}  // namespace

std::vector<std::string> summary_of(const Report& report) {
  std::vector<std::string> out;
  const bool any_done = std::ranges::any_of(report.rows, [](const ReportRow& row) {
    return std::ranges::any_of(row.runs, &ReportRun::done);
  });
  const std::size_t seeds = report.seeds.size();
  if (seeds > 1) {
    say_what_is_better(report, out);
    say_what_is_faster(report, out);
  }
  if (any_done && seeds == 1)
    out.push_back("One seed cannot tell a better config from luck: use --seeds 10.");
  else if (any_done && seeds < 5)
    out.push_back("With " + std::to_string(seeds) +
                  " seeds only large differences show: use --seeds 10.");
  say_what_is_missing(report, out);
  if (any_done && report.kind == "sweep" && report.part == "test")
    out.push_back(
        "These are scores of the test part: the best of several looks better there than it is. "
        "Give "
        "the data a part to choose by: --set data.split.validation=0.2.");
  if (report.length.kind == "seconds")
    out.push_back("Training ended by the clock: these numbers do not repeat bit for bit.");
  return out;
}

}  // namespace nnrun::host
