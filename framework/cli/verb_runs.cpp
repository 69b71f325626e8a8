#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "records/run_folder.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// The last measured part: test where there is one, then validation, then training.
const nlohmann::json* score_of(const nlohmann::json& run) {
  const auto result = run.find("result");
  if (result == run.end()) return nullptr;
  for (const char* part : {"test", "validation", "train"})
    if (const auto score = result->find(part); score != result->end()) return &*score;
  return nullptr;
}

std::string text_of(const RunEntry& entry) {
  if (!entry.run) return entry.problem.empty() ? "not finished" : entry.problem;
  std::string text = entry.run->value("status", "unknown");
  if (const nlohmann::json* score = score_of(*entry.run))
    for (const auto& [name, value] : score->items())
      if (value.is_number()) text += "  " + name + " " + for_people(value.get<double>());
  return text;
}

}  // namespace

Exit list_recorded_runs(const Arguments& arguments) {
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
           {"status", entry.run ? entry.run->value("status", "unknown") : "unfinished"},
           {"started", entry.run ? entry.run->value("started", "") : ""},
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
              (entry.run ? entry.run->value("started", "") + "  " : "") + text_of(entry) + "\n");
  return Exit::done;
}

}  // namespace nnrun::host
