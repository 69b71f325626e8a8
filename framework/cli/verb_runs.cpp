#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "runs/run_folder.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// Returns the scores to show, or nullptr.
const nlohmann::json* score_of(const nlohmann::json& run) {
  const auto result = run.find("result");
  if (result == run.end() || !result->is_object()) return nullptr;
  const auto score = [&](std::size_t part) -> const nlohmann::json* {
    const auto found = result->find(part_names[part]);
    return found != result->end() && found->is_object() ? &*found : nullptr;
  };
  return score(part_that_counts(score));
}

/// Returns a text of run.json; anything else is returned as JSON.
std::string text_at(const nlohmann::json& run, const char* key) {
  const auto found = run.find(key);
  if (found == run.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

/// For an entry with a run.json.
std::string status_of(const RunEntry& entry) {
  return present_status(text_at(*entry.run, "status"), entry.path);
}

/// Returns whether this is a folder of compare or sweep, with runs of its own below it.
bool is_comparison(const RunEntry& entry) {
  std::error_code ignored;
  return std::filesystem::exists(entry.path / "plan.json", ignored) ||
         std::filesystem::exists(entry.path / "comparison.json", ignored);
}

std::string text_of(const RunEntry& entry) {
  std::error_code ignored;
  if (is_comparison(entry))
    return std::filesystem::exists(entry.path / "comparison.json", ignored)
               ? "a comparison: nnrun runs " + (entry.path / "runs").string() + " lists its runs"
               : "not finished: nnrun " + entry.name + " --resume " + entry.path.string();
  if (!entry.run) return entry.problem.empty() ? "not finished" : entry.problem;
  std::string text = status_of(entry);
  if (const nlohmann::json* score = score_of(*entry.run))
    for (const auto& [name, value] : score->items())
      if (value.is_number()) text += "  " + name + " " + for_people(value.get<double>());
  return text;
}

}  // namespace

Exit list_recorded_runs(const Arguments& arguments) {
  if (arguments.targets.size() > 1)
    throw UsageError(
        Problem{.what = "runs lists one folder, '" + arguments.targets[1] + "' is too much",
                .hint = "nnrun runs diff A B, nnrun runs rm RUN"});
  const std::string root = arguments.targets.empty() ? "runs" : arguments.targets[0];
  const std::vector<RunEntry> entries = list_runs(root);
  const Terminal out(stdout);
  if (arguments.json) {
    Json runs = Json::array();
    for (const RunEntry& entry : entries)
      runs.push_back(
          {{"name", entry.name},
           {"number", entry.number},
           {"run", entry.path.string()},
           {"status", entry.run              ? status_of(entry)
                      : is_comparison(entry) ? "comparison"
                                             : "unfinished"},
           {"started", entry.run ? text_at(*entry.run, "started") : ""},
           {"result", entry.run && entry.run->contains("result") ? Json(entry.run->at("result"))
                                                                 : Json(nullptr)}});
    out.write(Json{{"runs", runs}}.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    return Exit::done;
  }
  if (entries.empty()) {
    Terminal(stderr).write("no runs below '" + root + "' yet: nnrun CONFIG makes one\n");
    return Exit::done;
  }
  std::size_t width = 0;
  for (const RunEntry& entry : entries) width = std::max(width, columns_of(entry.path.string()));
  for (const RunEntry& entry : entries)
    out.write(left_aligned(entry.path.string(), width + 2) +
              (entry.run ? text_at(*entry.run, "started") + "  " : "") + text_of(entry) + "\n");
  return Exit::done;
}

}  // namespace nnrun::host
