#include "cli/compare_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.hpp"
#include "cli/csv_text.hpp"
#include "cli/view.hpp"
namespace nnrun::host {
namespace {

using Row = std::vector<std::string>;

/// How a mean is written: its unit, its sign and its decimals.
struct NumberForm {
  double scale = 1;
  bool with_sign = false;
  int decimals = -1;  ///< -1: two digits of the margin, and the mean to the same decimal
};

int decimals_for(double mean, double margin) {
  const double size = margin > 0 ? margin : std::abs(mean) / 100;
  if (size == 0 || !std::isfinite(size)) return 0;
  return std::clamp(1 - static_cast<int>(std::floor(std::log10(size))), 0, 8);
}

std::string with_margin(const Estimate& estimate, const char* plus_minus, NumberForm form = {}) {
  if (!estimate.mean) return "-";
  const auto& interval = estimate.interval;
  const double mean = *estimate.mean * form.scale;
  const double margin = interval ? (interval->high - interval->low) / 2 * form.scale : 0;
  const double size = margin > 0 ? margin : std::abs(mean) / 100;
  if (form.decimals < 0 && size != 0 && (size < 1e-7 || std::abs(mean) >= 1e7))
    return (form.with_sign && mean >= 0 ? "+" : "") + significant(mean, 4) +
           (interval ? plus_minus + significant(margin, 2) : "");
  const int decimals = form.decimals < 0 ? decimals_for(mean, margin) : form.decimals;
  std::string text = form.with_sign ? fmt::format("{:+.{}f}", mean, decimals)
                                    : fmt::format("{:.{}f}", mean, decimals);
  if (interval) text += plus_minus + fmt::format("{:.{}f}", margin, decimals);
  return text;
}

std::string metric_cell(const Report& report, const Estimate& estimate, const char* plus_minus,
                        bool with_sign) {
  if (!report.fraction) return with_margin(estimate, plus_minus, {.with_sign = with_sign});
  return with_margin(estimate, plus_minus, {.scale = 100, .with_sign = with_sign, .decimals = 2});
}

std::string against_cell(const Report& report, const ReportRow& row, const char* plus_minus) {
  if (row.name == report.baseline && report.kind != "sweep") return "baseline";
  if (row.name == report.baseline) return row.metric.mean ? "best" : "-";
  if (!row.against) return "-";
  return metric_cell(report, {row.against->difference, row.against->interval}, plus_minus, true) +
         fmt::format("  ({} of {})", row.against->wins, row.against->pairs);
}

Row head_of(const Report& report) {
  Row head{"", words_for_part(report) + " " + report.metric +
                   (report.metric_settings.empty() ? "" : " (" + report.metric_settings + ")") +
                   (report.fraction ? " %" : "")};
  if (report.rows.size() > 1)
    head.push_back("against " + (report.kind == "sweep" ? "the best" : report.baseline) +
                   ", paired");
  if (report.metric != "cost") head.emplace_back("cost");
  head.emplace_back("train time");
  head.emplace_back("parameters");
  return head;
}

std::vector<Row> table_of(const Report& report, const char* plus_minus) {
  std::vector<Row> table{head_of(report)};
  for (const ReportRow& row : report.rows) {
    Row cells{row.name, metric_cell(report, row.metric, plus_minus, false)};
    if (report.rows.size() > 1) cells.push_back(against_cell(report, row, plus_minus));
    if (report.metric != "cost") cells.push_back(with_margin(row.cost, plus_minus));
    cells.push_back(row.seconds.mean ? duration(*row.seconds.mean) : "-");
    cells.push_back(std::to_string(row.parameters));
    table.push_back(std::move(cells));
  }
  return table;
}

std::string aligned(const std::vector<Row>& rows, const Terminal& terminal) {
  std::vector<std::size_t> widths(rows[0].size());
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(row[i]));
  std::string text;
  for (const Row& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i)
      line +=
          (i > 1 ? "   " : " ") + (i + 1 < row.size() ? left_aligned(row[i], widths[i]) : row[i]);
    text += (&row == rows.data() ? terminal.dim(line) : line) + "\n";
  }
  return text;
}

/// Returns a text behind its title, later lines below its first; empty if there is none.
std::string indented(const std::string& title, const std::string& text) {
  if (text.empty()) return "";
  std::string lines = title;
  for (const char c : text)
    lines += c == '\n' ? '\n' + std::string(title.size(), ' ') : std::string(1, c);
  return lines + "\n";
}

std::string failures_text(const Report& report) {
  constexpr std::size_t most = 20;
  std::vector<Row> failed;
  std::vector<std::string> help;  // of the first failure of each config, each once
  for (const ReportRow& row : report.rows) {
    bool is_first = true;
    for (const ReportRun& run : row.runs) {
      if (run.done()) continue;
      failed.push_back({row.name + " " + words_for_run(run.seed, run.fold),
                        run.status + (run.error.empty() ? "" : ": " + run.error)});
      if (!std::exchange(is_first, false)) continue;
      const std::string text =
          indented("     = note: ", run.note) + indented("     = help: ", run.hint);
      if (std::ranges::count(help, text) == 0) help.push_back(text);
    }
  }
  if (failed.empty()) return "";
  std::size_t width = 0;
  for (const Row& row : failed) width = std::max(width, columns_of(row[0]));
  std::string text = "Not done\n";
  for (std::size_t i = 0; i < std::min(failed.size(), most); ++i)
    text += "  " + left_aligned(failed[i][0], width) + "  " + failed[i][1] + "\n";
  if (failed.size() > most) text += "  and " + std::to_string(failed.size() - most) + " more\n";
  for (const std::string& one : help) text += one;
  return text;
}

std::string differences_text(const std::vector<KeyValues>& differences) {
  if (differences.empty()) return "";
  std::size_t width = 0;
  for (const KeyValues& d : differences) width = std::max(width, d.key.size());
  std::string text = "Differences\n";
  for (const KeyValues& d : differences)
    text += "  " + left_aligned(d.key, width) + "  " + join(d.values, " | ") + "\n";
  return text;
}

std::string number_cell(const std::optional<Scores>& scores, const std::string& metric) {
  const auto value = scores ? value_of(*scores, metric) : std::nullopt;
  return value ? shortest(*value) : "";
}

/// Returns the names of the cost and metrics of all runs, in order of appearance.
std::vector<std::string> metrics_of(const Report& report) {
  std::vector<std::string> metrics;
  for (const ReportRow& row : report.rows)
    for (const ReportRun& run : row.runs)
      for (const NamedScore& score : run.scores[NNRUN_TRAIN].value_or(Scores{}))
        if (std::ranges::find(metrics, score.name) == metrics.end()) metrics.push_back(score.name);
  return metrics;
}

std::string csv_line(const ReportRow& row, const ReportRun& run,
                     const std::vector<std::string>& metrics) {
  std::string line = csv_text(row.name) + "," + std::to_string(run.seed) + ",";
  if (run.fold > 0) line += std::to_string(run.fold) + ",";
  line += run.status;
  for (const auto& scores : run.scores)
    for (const std::string& metric : metrics) line += "," + number_cell(scores, metric);
  return line + "," + (run.seconds ? shortest(run.seconds->train) : "") + "," +
         std::to_string(row.parameters) + "," + run.weights_sha256 + "\n";
}

}  // namespace

std::string comparison_text(const Report& report, const Terminal& terminal) {
  std::string text = aligned(table_of(report, terminal.utf8() ? " ± " : " +- "), terminal);
  text += failures_text(report) + differences_text(report.differences);
  const char* title = "Summary  ";
  for (const std::string& sentence : report.summary) {
    text += title + sentence + "\n";
    title = "         ";
  }
  if (!report.times_compare)
    text += "times    " + report.times +
            (report.times == "as recorded" ? ", beside other runs: they say little\n"
                                           : "; --time measures each by itself\n");
  return text;
}

std::string comparison_csv(const Report& report) {
  const std::vector<std::string> metrics = metrics_of(report);
  std::string text = report.folds.count > 0 ? "config,seed,fold,status" : "config,seed,status";
  for (const char* part : part_names)
    for (const std::string& metric : metrics)
      text += "," + std::string(part) + "." + csv_text(metric);
  text += ",seconds.train,parameters,weights_sha256\n";
  for (const ReportRow& row : report.rows)
    for (const ReportRun& run : row.runs) text += csv_line(row, run, metrics);
  return text;
}

std::string comparison_markdown(const Report& report) {
  std::vector<Row> table = table_of(report, " ± ");
  table[0][0] = "config";
  std::string text;
  const auto line = [&](const Row& row) { text += "| " + join(row, " | ") + " |\n"; };
  line(table[0]);
  line(Row(table[0].size(), "---"));
  for (std::size_t i = 1; i < table.size(); ++i) line(table[i]);
  text += "\n";
  for (const std::string& sentence : report.summary) text += sentence + "\n";
  return text;
}

}  // namespace nnrun::host
