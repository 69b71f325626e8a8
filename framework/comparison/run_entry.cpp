#include "comparison/run_entry.hpp"

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "records/json_file.hpp"
#include "report/thin.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t largest_csv = std::size_t{1} << 30;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// metrics.csv by columns, thinned; the last row is always there.
Json curve_of(const fs::path& file) {
  std::error_code ignored;
  Json curve = Json::object();
  if (!fs::exists(file, ignored)) return curve;
  const std::string text = read_file(file, largest_csv);
  const std::vector<std::string_view> lines = split(text, '\n');
  if (lines.size() < 2) return curve;
  const std::vector<std::string_view> names = split(lines[0], ',');
  for (const std::string_view name : names)
    if (name != "step") curve[std::string(name)] = Json::array();
  for (const std::size_t row : thinned(lines.size() - 1, 200)) {
    const std::vector<std::string_view> cells = split(lines[1 + row], ',');
    for (std::size_t c = 0; c < names.size(); ++c) {
      if (names[c] == "step") continue;
      const auto number = c < cells.size() ? parse_double(cells[c]) : std::nullopt;
      curve[std::string(names[c])].push_back(number ? Json(*number) : Json(nullptr));
    }
  }
  // whole numbers stay whole
  for (const char* name : {"epoch", "examples"})
    if (curve.contains(name))
      for (Json& value : curve[name])
        if (value.is_number()) value = static_cast<std::uint64_t>(value.get<double>());
  return curve;
}

std::optional<double> number_in(const Json& object, const char* group, const std::string& key) {
  const auto found = object.find(group);
  if (found == object.end() || !found->is_object()) return std::nullopt;
  const auto value = found->find(key);
  if (value == found->end() || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

}  // namespace

Json run_entry(const PlannedRun& run) {
  Json entry{{"seed", run.seed}, {"run", run.folder.string()}};
  std::error_code ignored;
  if (!fs::exists(run.folder / "run.json", ignored)) {
    entry["status"] = "missing";
    return entry;
  }
  const Json record = read_json(run.folder / "run.json");
  if (!record.is_object() || !record.contains("status"))
    throw RecordError(Problem{.what = "this is not what a run writes",
                              .where = (run.folder / "run.json").string()});
  entry["status"] = record["status"];
  if (record.contains("error")) entry["error"] = record["error"];
  if (const auto result = record.find("result"); result != record.end())
    for (const char* key :
         {"train", "validation", "test", "parameters", "seconds", "epochs", "weights_sha256"})
      if (result->contains(key)) entry[key] = (*result)[key];
  entry["curve"] = curve_of(run.folder / "metrics.csv");
  if (fs::exists(run.folder / "decision.json", ignored))
    entry["decision"] = read_json(run.folder / "decision.json");
  return entry;
}

std::optional<double> value_of(const Json& entry, const std::string& part,
                               const std::string& metric) {
  if (entry.value("status", "") != "done") return std::nullopt;
  return number_in(entry, part.c_str(), metric);
}

std::optional<double> training_seconds(const Json& entry) {
  if (entry.value("status", "") != "done") return std::nullopt;
  return number_in(entry, "seconds", "train");
}

}  // namespace nnrun::host
