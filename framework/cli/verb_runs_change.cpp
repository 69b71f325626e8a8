// nnrun runs diff and nnrun runs rm.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "runs/json_file.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Keys = std::map<std::string, std::string>;

/// A run leaves config.yaml first; a comparison, whose runs are below it, plan.json.
void require_run_folder(const fs::path& folder) {
  std::error_code ignored;
  const auto has = [&](const char* name) {
    return fs::is_regular_file(fs::symlink_status(folder / name, ignored));
  };
  const bool is_run = has("config.yaml") && (has("run.json") || has("metrics.csv"));
  const bool is_comparison = has("plan.json") && has("comparison.json");
  if (!fs::is_symlink(folder, ignored) && fs::is_directory(folder, ignored) &&
      (is_run || is_comparison))
    return;
  throw UsageError(Problem{.what = "'" + folder.string() + "' is " +
                                   (fs::exists(folder, ignored) ? "not a run folder" : "not there"),
                           .hint = "nnrun runs lists them"});
}

/// Adds "a.b": value for every number or text of the result.
void flatten(const Json& node, const std::string& path, Keys& out) {
  if (node.is_object())
    for (const auto& [key, value] : node.items())
      flatten(value, path.empty() ? key : path + "." + key, out);
  else if (node.is_number())
    out[path] = shortest(node.get<double>());
  else if (node.is_string())
    out[path] = node.get<std::string>();
}

Keys result_of(const fs::path& folder) {
  Keys out;
  std::error_code ignored;
  if (!fs::exists(folder / "run.json", ignored)) return {{"status", "not finished"}};
  const Json record = read_json(folder / "run.json");
  for (const char* key : {"status", "error"})
    if (record.contains(key)) flatten(record[key], key, out);
  if (record.contains("result"))
    for (const char* key : {"epochs", "train", "validation", "test", "seconds", "weights_sha256"})
      if (record["result"].contains(key)) flatten(record["result"][key], key, out);
  return out;
}

/// Returns the files of the run's libraries and their checksums.
Keys plugins_of(const fs::path& folder) {
  Keys out;
  std::error_code ignored;
  if (!fs::exists(folder / "run.json", ignored)) return out;
  const Json record = read_json(folder / "run.json");
  const auto list = record.find("plugins");
  if (list == record.end() || !list->is_array()) return out;
  for (const Json& library : *list) {
    if (!library.is_object()) continue;
    const auto text = [&](const char* key) {
      const auto found = library.find(key);
      return found != library.end() && found->is_string() ? found->get<std::string>() : "";
    };
    const fs::path file = text("file");
    out[file.filename().string()] = "sha256 " + text("sha256").substr(0, 12);
  }
  return out;
}

struct Line {
  std::string key, a, b;
};

std::vector<Line> side_by_side(const Keys& a, const Keys& b, bool only_different) {
  std::set<std::string> names;
  for (const Keys* keys : {&a, &b})
    for (const auto& entry : *keys) names.insert(entry.first);
  const auto at = [](const Keys& keys, const std::string& name) {
    const auto found = keys.find(name);
    return found == keys.end() ? std::string("-") : found->second;
  };
  std::vector<Line> lines;
  for (const std::string& name : names)
    if (!only_different || at(a, name) != at(b, name))
      lines.push_back({name, at(a, name), at(b, name)});
  return lines;
}

void write_lines(const Terminal& out, const std::string& title, const std::vector<Line>& lines) {
  std::size_t key = 0, a = 0;
  for (const Line& line : lines) {
    key = std::max(key, columns_of(line.key));
    a = std::max(a, columns_of(line.a));
  }
  out.write(title + "\n");
  for (const Line& line : lines)
    out.write("  " + left_aligned(line.key, key) + "  " + left_aligned(line.a, a) + "  " + line.b +
              "\n");
}

Json json_of(const std::vector<Line>& lines) {
  Json list = Json::array();
  for (const Line& line : lines) list.push_back({{"key", line.key}, {"values", {line.a, line.b}}});
  return list;
}

bool agreed(const std::string& folder) {
  Terminal(stderr).write("remove " + folder + " and all in it? [y/N] ");
  std::string answer;
  return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
}

}  // namespace

Exit diff_runs(const Arguments& arguments) {
  if (arguments.targets.size() != 3)
    throw UsageError(Problem{.what = "runs diff needs two runs",
                             .hint = "nnrun runs diff runs/diagonal/0001 runs/diagonal/0002"});
  Keys keys[2], plugins[2], results[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const fs::path folder = arguments.targets[i + 1];
    require_run_folder(folder);
    if (std::error_code none; !fs::exists(folder / "config.yaml", none))
      throw UsageError(Problem{.what = "'" + folder.string() + "' is a comparison, not a run",
                               .hint = "its runs are below " + (folder / "runs").string()});
    keys[i] = written_keys(folder / "config.yaml");
    plugins[i] = plugins_of(folder);
    results[i] = result_of(folder);
  }
  const std::vector<Line> config = side_by_side(keys[0], keys[1], true);
  std::vector<Line> changed = side_by_side(plugins[0], plugins[1], true);
  std::erase_if(changed, [](const Line& l) { return l.a == "-" || l.b == "-"; });  // in one only
  const std::vector<Line> result = side_by_side(results[0], results[1], false);
  const Terminal out(stdout);
  if (arguments.json) {
    out.write(Json{{"runs", {arguments.targets[1], arguments.targets[2]}},
                   {"config", json_of(config)},
                   {"plugins", json_of(changed)},
                   {"result", json_of(result)}}
                  .dump(-1, ' ', false, Json::error_handler_t::replace) +
              "\n");
    return Exit::done;
  }
  write_lines(out, config.empty() ? "The configs are equal" : "Config", config);
  if (!changed.empty()) write_lines(out, "Plugins", changed);
  write_lines(out, "Result", result);
  return Exit::done;
}

Exit remove_runs(const Arguments& arguments) {
  const std::vector<std::string> folders(arguments.targets.begin() + 1, arguments.targets.end());
  if (folders.empty())
    throw UsageError(
        Problem{.what = "runs rm needs a run", .hint = "nnrun runs rm runs/diagonal/0001"});
  for (const std::string& folder : folders) require_run_folder(folder);
  const bool asks = !arguments.has("--yes");
  if (asks && ::isatty(STDIN_FILENO) != 1)
    throw UsageError(
        Problem{.what = "runs rm asks before it removes, and nobody is there to answer",
                .hint = "say it with --yes"});
  std::size_t removed = 0;
  for (const std::string& folder : folders) {
    if (asks && !agreed(folder)) continue;
    std::error_code error;
    fs::remove_all(folder, error);
    if (error)
      throw RecordError(
          Problem{.what = "cannot remove '" + folder + "': " + system_reason(error.value())});
    ++removed;
    if (!arguments.json) Terminal(stdout).write("removed  " + folder + "\n");
  }
  if (arguments.json) Terminal(stdout).write(Json{{"removed", removed}}.dump() + "\n");
  return Exit::done;
}

}  // namespace nnrun::host
