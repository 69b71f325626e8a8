#include "report/curve.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "report/thin.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

constexpr std::size_t largest_csv = std::size_t{1} << 30, kept_points = 200;

Cells split(std::string_view text, char separator) {
  Cells parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Curve columns_of(const Cells& names, std::size_t rows,
                 const std::function<Cells(std::size_t row)>& cells_of) {
  Curve all(names.size());
  for (std::size_t c = 0; c < names.size(); ++c) all[c].name = names[c];
  for (const std::size_t row : thinned(rows, kept_points)) {
    const Cells cells = cells_of(row);
    for (std::size_t c = 0; c < names.size(); ++c)
      all[c].values.push_back((c < cells.size() ? parse_double(cells[c]) : std::nullopt)
                                  .value_or(std::numeric_limits<double>::quiet_NaN()));
  }
  std::erase_if(all, [](const CurveColumn& column) { return column.name == "step"; });
  return all;
}

}  // namespace

Curve curve_of(const Outcome& outcome, const Experiment& experiment, const DataShape& data) {
  return columns_of(metrics_columns(data, experiment), outcome.epochs.size(),
                    [&](std::size_t row) { return metrics_row(outcome.epochs[row]); });
}

Curve read_curve(const fs::path& metrics_csv) {
  std::error_code ignored;
  if (!fs::exists(metrics_csv, ignored)) return {};
  const Cells lines = split(read_file(metrics_csv, largest_csv), '\n');
  if (lines.size() < 2) return {};
  return columns_of(split(lines[0], ','), lines.size() - 1,
                    [&](std::size_t row) { return split(lines[1 + row], ','); });
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
