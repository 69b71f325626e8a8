#include "report/curve.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "report/thin.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

constexpr std::size_t kept_points = 200;
constexpr std::size_t counts = 3;  // epoch, step, examples

/// Returns the lines of a text; the last one need not have an end.
std::vector<std::string_view> views_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

[[noreturn]] void refuse_line(const fs::path& file, std::size_t line, const std::string& what) {
  throw RecordError(
      Problem{.what = what,
              .where = file.string() + ":" + std::to_string(line),
              .hint = "nnrun wrote this file, and something changed it: put it back"});
}

/// Takes what metrics_row writes; NaN for infinity too.
std::optional<double> number_in(std::string_view cell) {
  if (cell.empty()) return std::numeric_limits<double>::quiet_NaN();
  for (const char* const word : {"nan", "-nan", "inf", "-inf"})
    if (cell == word) return std::numeric_limits<double>::quiet_NaN();
  return parse_double(cell);
}

std::vector<double> numbers_in(const fs::path& file, std::size_t line, std::string_view text,
                               std::size_t count) {
  std::vector<double> numbers;
  for (;;) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view cell = text.substr(0, end);
    const auto number = number_in(cell);
    if (!number)
      refuse_line(file, line, "'" + std::string(cell.substr(0, 40)) + "' is not a number");
    numbers.push_back(*number);
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  if (numbers.size() != count)
    refuse_line(
        file, line,
        "the row has " + std::to_string(numbers.size()) + " numbers, not " + std::to_string(count));
  return numbers;
}

Curve without_step(Curve curve) {
  std::erase_if(curve, [](const CurveColumn& column) { return column.name == "step"; });
  return curve;
}

Cells names_in(const fs::path& file, std::string_view line) {
  Cells names = split(line, ',');
  const std::set<std::string> all(names.begin(), names.end());
  if (names.size() < 4 || names[0] != "epoch" || all.size() != names.size())
    refuse_line(file, 1, "these are not the names of the columns of a run's metrics");
  return names;
}

}  // namespace

Curve curve_of(const Outcome& outcome, const Experiment& experiment, const DataShape& data) {
  const Cells names = metrics_columns(data, experiment);
  Curve all;
  for (const std::string& name : names) all.push_back({name, {}});
  for (const std::size_t row : thinned(outcome.epochs.size(), kept_points)) {
    const Cells cells = metrics_row(outcome.epochs[row]);
    for (std::size_t c = 0; c < names.size(); ++c)
      all[c].values.push_back(
          parse_double(cells[c]).value_or(std::numeric_limits<double>::quiet_NaN()));
  }
  return without_step(std::move(all));
}

Curve read_curve(const fs::path& metrics_csv) {
  std::error_code ignored;
  if (!fs::exists(metrics_csv, ignored)) return {};
  const std::string text = read_file(metrics_csv, largest_metrics_csv);
  std::vector<std::string_view> lines = views_of(text);
  if (lines.empty()) refuse_line(metrics_csv, 1, "the names of the columns are missing");
  Curve all;
  for (const std::string& name : names_in(metrics_csv, lines[0])) all.push_back({name, {}});
  lines.erase(lines.begin());
  double epoch = -1;
  const std::vector<std::size_t> kept = thinned(lines.size(), kept_points);
  auto next = kept.begin();
  for (std::size_t row = 0; row < lines.size(); ++row) {
    const std::vector<double> numbers = numbers_in(metrics_csv, row + 2, lines[row], all.size());
    for (std::size_t c = 0; c < counts; ++c)
      if (!(numbers[c] >= 0 && numbers[c] < 1e15 && numbers[c] == std::floor(numbers[c])))
        refuse_line(metrics_csv, row + 2, "'" + all[c].name + "' is not a count");
    if (!(numbers[0] > epoch))
      refuse_line(metrics_csv, row + 2, "the epoch is not after that of the line before");
    epoch = numbers[0];
    if (next == kept.end() || *next != row) continue;
    ++next;
    for (std::size_t c = 0; c < all.size(); ++c) all[c].values.push_back(numbers[c]);
  }
  if (lines.empty()) return {};
  return without_step(std::move(all));
}

Curve thinned(const Curve& curve, std::size_t most) {
  Curve out;
  for (const CurveColumn& column : curve) {
    CurveColumn& kept = out.emplace_back(CurveColumn{column.name, {}});
    for (const std::size_t i : thinned(column.values.size(), most))
      kept.values.push_back(column.values[i]);
  }
  return out;
}

Json to_json(const Curve& curve, int digits) {
  Json json = Json::object();
  for (const auto& [name, values] : curve) {
    const bool whole = digits == 0 && (name == "epoch" || name == "examples");
    Json& column = json[name] = Json::array();
    for (const double x : values)
      if (std::isnan(x))
        column.push_back(nullptr);
      else if (whole && x >= 0 && x < 0x1p63)
        column.push_back(static_cast<std::uint64_t>(x));
      else
        column.push_back(digits == 0 ? Json(x) : drawn(x, digits));
  }
  return json;
}

}  // namespace nnrun::host
