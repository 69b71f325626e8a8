#include "cli/compare_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/text.hpp"
#include "cli/view.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

/// Two digits of the margin, and the mean as far.
std::string with_margin(const Json& mean, const Json& interval, double scale, const char* sign,
                        bool signed_mean, int decimals = -1) {
  if (!mean.is_number()) return "-";
  const double m = mean.get<double>() * scale;
  const double margin =
      interval.is_array() ? (interval[1].get<double>() - interval[0].get<double>()) / 2 * scale : 0;
  if (decimals < 0) {
    const double size = margin > 0 ? margin : std::abs(m) / 100;
    if (size != 0 && (size < 1e-7 || std::abs(m) >= 1e7))
      return (signed_mean && m >= 0 ? "+" : "") + significant(m, 4) +
             (interval.is_array() ? sign + significant(margin, 2) : "");
    decimals = size == 0 ? 0 : std::clamp(1 - static_cast<int>(std::floor(std::log10(size))), 0, 8);
  }
  std::string text =
      signed_mean ? fmt::format("{:+.{}f}", m, decimals) : fmt::format("{:.{}f}", m, decimals);
  if (interval.is_array()) text += sign + fmt::format("{:.{}f}", margin, decimals);
  return text;
}

bool is_fraction(const Json& c) {
  return c["metric_info"]["fraction"].get<bool>();
}

std::string metric_cell(const Json& c, const Json& mean, const Json& interval, const char* sign,
                        bool signed_mean) {
  return is_fraction(c) ? with_margin(mean, interval, 100, sign, signed_mean, 2)
                        : with_margin(mean, interval, 1, sign, signed_mean);
}

std::string against_cell(const Json& c, const Json& config, const char* sign) {
  if (config["name"] == c["baseline"]) return c["kind"] == "sweep" ? "best" : "baseline";
  const Json& against = config["against_baseline"];
  if (!against.is_object()) return "-";
  return metric_cell(c, against["difference"], against["interval95"], sign, true) +
         fmt::format("  ({} of {})", against["wins"].get<std::size_t>(),
                     against["pairs"].get<std::size_t>());
}

std::string seconds_cell(const Json& config) {
  const Json& mean = config["seconds"]["mean"];
  return mean.is_number() ? duration(mean.get<double>()) : "-";
}

std::vector<Row> rows_of(const Json& c, const char* sign) {
  const std::string metric = c["metric"].get<std::string>(), baseline = c["baseline"];
  const bool is_cost = metric == "cost";
  const bool alone = c["configs"].size() == 1;
  Row head{"", metric + (is_fraction(c) ? " %" : "")};
  if (!alone)
    head.push_back("against " + (c["kind"] == "sweep" ? std::string("the best") : baseline) +
                   ", paired");
  if (!is_cost) head.emplace_back("cost");
  head.emplace_back("train time");
  head.emplace_back("parameters");
  std::vector<Row> rows{head};
  for (const Json& config : c["configs"]) {
    Row row{config["name"].get<std::string>(),
            metric_cell(c, config["mean"], config["interval95"], sign, false)};
    if (!alone) row.push_back(against_cell(c, config, sign));
    if (!is_cost)
      row.push_back(
          with_margin(config["cost"]["mean"], config["cost"]["interval95"], 1, sign, false));
    row.push_back(seconds_cell(config));
    row.push_back(config["parameters"].dump());
    rows.push_back(std::move(row));
  }
  return rows;
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

std::string failures_text(const Json& c) {
  constexpr std::size_t most = 20;
  std::vector<Row> failed;
  for (const Json& config : c["configs"])
    for (const Json& run : config["runs"])
      if (run["status"] != "done")
        failed.push_back(
            {config["name"].get<std::string>() + " seed " + run["seed"].dump(),
             run["status"].get<std::string>() +
                 (run.contains("error") ? ": " + run["error"].get<std::string>() : "")});
  if (failed.empty()) return "";
  std::size_t width = 0;
  for (const Row& row : failed) width = std::max(width, columns_of(row[0]));
  std::string text = "Not done\n";
  for (std::size_t i = 0; i < std::min(failed.size(), most); ++i)
    text += "  " + left_aligned(failed[i][0], width) + "  " + failed[i][1] + "\n";
  if (failed.size() > most) text += "  and " + std::to_string(failed.size() - most) + " more\n";
  return text;
}

std::string differences_text(const Json& c) {
  const Json& differences = c["differences"];
  if (differences.empty()) return "";
  std::size_t width = 0;
  for (const Json& d : differences) width = std::max(width, d["key"].get<std::string>().size());
  std::string text = "Differences\n";
  for (const Json& d : differences)
    text += "  " + left_aligned(d["key"].get<std::string>(), width) + "  " +
            join(d["values"].get<std::vector<std::string>>(), " | ") + "\n";
  return text;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == text.npos) return text;
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

std::string number_cell(const Json& run, const char* group, const std::string& key) {
  if (!run.contains(group) || !run[group].contains(key)) return "";
  const Json& value = run[group][key];
  return value.is_number() ? shortest(value.get<double>()) : "";
}

}  // namespace

std::string comparison_text(const Json& c, const Terminal& terminal) {
  const bool fancy = terminal.utf8();
  std::string text = aligned(rows_of(c, fancy ? " ± " : " +- "), terminal);
  text += failures_text(c) + differences_text(c);
  const char* title = "Summary  ";
  for (const Json& sentence : c["summary"]) {
    text += title + sentence.get<std::string>() + "\n";
    title = "         ";
  }
  const std::string times = c["times"];
  if (times.ends_with(" runs at a time"))
    text += "times    " + times + "; --time measures one at a time\n";
  return text;
}

std::string comparison_csv(const Json& c) {
  std::vector<std::string> metrics;
  for (const Json& config : c["configs"])
    for (const Json& run : config["runs"])
      if (run.contains("train"))
        for (const auto& [name, value] : run["train"].items())
          if (std::ranges::find(metrics, name) == metrics.end()) metrics.push_back(name);
  std::string text = "config,seed,status";
  constexpr const char* parts[] = {"train", "validation", "test"};
  for (const char* part : parts)
    for (const std::string& metric : metrics)
      text += "," + std::string(part) + "." + csv_cell(metric);
  text += ",seconds.train,parameters,weights_sha256\n";
  for (const Json& config : c["configs"])
    for (const Json& run : config["runs"]) {
      text += csv_cell(config["name"].get<std::string>()) + "," + run["seed"].dump() + "," +
              run["status"].get<std::string>();
      for (const char* part : parts)
        for (const std::string& metric : metrics) text += "," + number_cell(run, part, metric);
      text += "," + number_cell(run, "seconds", "train") + "," + config["parameters"].dump() + "," +
              run.value("weights_sha256", "") + "\n";
    }
  return text;
}

std::string comparison_markdown(const Json& c) {
  std::vector<Row> rows = rows_of(c, " ± ");
  rows[0][0] = "config";
  std::string text;
  const auto line = [&](const Row& row) { text += "| " + join(row, " | ") + " |\n"; };
  line(rows[0]);
  line(Row(rows[0].size(), "---"));
  for (std::size_t i = 1; i < rows.size(); ++i) line(rows[i]);
  text += "\n";
  for (const Json& sentence : c["summary"]) text += sentence.get<std::string>() + "\n";
  return text;
}

}  // namespace nnrun::host
