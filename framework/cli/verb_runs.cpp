#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "runs/find_runs.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// Returns the scores to show, or nullptr.
const Json* score_of(const Json& run) {
  const auto result = run.find("result");
  if (result == run.end() || !result->is_object()) return nullptr;
  const auto score = [&](std::size_t part) -> const Json* {
    const auto found = result->find(part_names[part]);
    return found != result->end() && found->is_object() ? &*found : nullptr;
  };
  return score(part_that_counts(score));
}

/// Returns a text of run.json; anything else is returned as JSON. A record may be damaged, or a
/// stranger's: at most a few words of it are shown.
std::string text_at(const Json& run, const char* key) {
  const auto found = run.find(key);
  if (found == run.end()) return "";
  constexpr std::size_t longest = 60;
  std::string text = found->is_string() ? found->get<std::string>() : found->dump();
  if (text.size() <= longest) return text;
  text.resize(longest);
  while (!valid_utf8(text)) text.pop_back();
  return text + "...";
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
               ? "a comparison: nnrun runs " + shell_word((entry.path / "runs").string()) +
                     " lists its runs"
               : "not finished: nnrun " + std::string(entry.name == "sweep" ? "sweep" : "compare") +
                     " --resume " + shell_word(entry.path.string());
  if (!entry.run) return entry.problem.empty() ? "not finished" : entry.problem;
  std::string text = status_of(entry);
  if (text == "killed") return text + ": nnrun train --resume " + shell_word(entry.path.string());
  if (const Json* score = score_of(*entry.run))
    for (const auto& [name, value] : score->items())
      if (value.is_number()) text += "  " + name + " " + for_people(value.get<double>());
  return text;
}

/// Returns the numbered runs below a folder, then all others.
FoundRuns runs_below(const Arguments& arguments, const std::string& root) {
  FoundRuns all{list_runs(root)};
  std::set<std::filesystem::path> listed;
  for (const RunEntry& entry : all.entries) listed.insert(entry.path.lexically_normal());
  FoundRuns found = find_runs(arguments.targets.empty() ? "." : root);
  for (RunEntry& entry : found.entries)
    if (!listed.contains(entry.path.lexically_normal())) all.entries.push_back(std::move(entry));
  all.complete = found.complete;
  return all;
}

Json json_of(const RunEntry& entry) {
  const bool has_result = entry.run && entry.run->contains("result");
  return {{"name", entry.name},
          {"number", entry.number > 0 ? Json(entry.number) : Json(nullptr)},
          {"run", entry.path.string()},
          {"status", entry.run              ? status_of(entry)
                     : is_comparison(entry) ? "comparison"
                                            : "unfinished"},
          {"started", entry.run ? text_at(*entry.run, "started") : ""},
          {"result", has_result ? entry.run->at("result") : Json(nullptr)}};
}

}  // namespace

Exit list_recorded_runs(const Arguments& arguments) {
  if (arguments.targets.size() > 1)
    throw UsageError(
        Problem{.what = "runs lists one folder, '" + arguments.targets[1] + "' is too much",
                .hint = "nnrun runs diff A B, nnrun runs rm RUN"});
  const std::string root = arguments.targets.empty() ? "runs" : arguments.targets[0];
  if (std::error_code none; !arguments.targets.empty() && !std::filesystem::exists(root, none))
    throw UsageError(Problem{.what = "there is no folder '" + root + "'",
                             .hint = "nnrun runs lists those below the current one"});
  const FoundRuns found = runs_below(arguments, root);
  const std::vector<RunEntry>& entries = found.entries;
  const Terminal out(stdout);
  if (arguments.json) {
    Json runs = Json::array();
    for (const RunEntry& entry : entries) runs.push_back(json_of(entry));
    out.write_data(Json{{"runs", runs}, {"complete", found.complete}}.dump(
                       -1, ' ', false, Json::error_handler_t::replace) +
                   "\n");
    return Exit::done;
  }
  if (!found.complete)
    Terminal(stderr).write(
        "there are more folders than were looked at: nnrun runs FOLDER looks below one\n");
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
