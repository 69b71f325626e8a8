// nnrun runs diff and nnrun runs rm.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "runs/changes.hpp"
#include "runs/removal.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Keys = std::map<std::string, std::string>;

void require_run_folder(const fs::path& folder) {
  std::error_code ignored;
  if (fs::exists(folder / "config.yaml", ignored)) return;
  if (fs::exists(folder / "plan.json", ignored) || fs::exists(folder / "comparison.json", ignored))
    throw UsageError(Problem{.what = "'" + folder.string() + "' is a comparison, not a run",
                             .hint = "its runs are below " + (folder / "runs").string()});
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

Keys result_of(const StoredRecord& record) {
  Keys out;
  if (!record.status.empty()) out["status"] = record.status;
  if (!record.error.empty()) out["error"] = record.error;
  if (!record.result) return out;
  for (const char* key : {"epochs", "train", "validation", "test", "seconds", "weights_sha256"})
    if (record.result->contains(key)) flatten(record.result->at(key), key, out);
  return out;
}

/// Returns a checksum as people compare it.
std::string sum_of(const std::string& sha256) {
  return sha256.empty() ? std::string() : "sha256 " + sha256.substr(0, 12);
}

/// Returns the files of the run's libraries and their checksums.
Keys plugins_of(const StoredRecord& record) {
  Keys out;
  for (const StoredLibrary& library : record.libraries)
    out[fs::path(library.file).filename().string()] = sum_of(library.sha256);
  return out;
}

/// Returns what else the numbers of a run follow from: its data, the program, and whether its
/// config.yaml is still the recorded one.
Keys origin_of(const StoredRecord& record, const fs::path& folder) {
  Keys out = record.program;
  if (!record.data_sha256.empty()) out["data"] = sum_of(record.data_sha256);
  if (!changed_config(record, folder / "config.yaml").empty())
    out["config.yaml"] = "edited since the run";
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

struct Differences {
  std::vector<Line> config, plugins, origin, result;
  bool unexplained;  ///< the results differ, but nothing does that they follow from
};

/// One of two runs to compare.
struct ComparedRun {
  Keys config, plugins, origin, result;
  bool comparable;  ///< it ended by itself, and its record says what it was made of
};

ComparedRun compared_run(const fs::path& folder) {
  require_run_folder(folder);
  if (std::error_code none; !fs::exists(folder / "config.yaml", none))
    throw UsageError(Problem{.what = "'" + folder.string() + "' is a comparison, not a run",
                             .hint = "its runs are below " + (folder / "runs").string()});
  const Keys config = written_keys(folder / "config.yaml");
  const std::optional<StoredRecord> record = stored_record(folder);
  if (!record) return {config, {}, {}, {{"status", "not finished"}}, false};
  const Keys origin = origin_of(*record, folder);
  const bool comparable = record->status == "done" && origin.contains("data") &&
                          !origin.contains("config.yaml") && !config.contains("train.max_seconds");
  return {config, plugins_of(*record), origin, result_of(*record), comparable};
}

Differences differences(const Arguments& arguments) {
  const ComparedRun a = compared_run(arguments.targets[1]), b = compared_run(arguments.targets[2]);
  Differences d{side_by_side(a.config, b.config, true), side_by_side(a.plugins, b.plugins, true),
                side_by_side(a.origin, b.origin, true), side_by_side(a.result, b.result, false),
                false};
  const bool equal = d.config.empty() && d.plugins.empty() && d.origin.empty();
  std::erase_if(d.plugins, [](const Line& l) { return l.a == "-" || l.b == "-"; });  // in one only
  d.unexplained =
      equal && a.comparable && b.comparable && std::ranges::any_of(d.result, [](const Line& l) {
        return l.a != l.b && !l.key.starts_with("seconds.");
      });
  return d;
}

}  // namespace

Exit diff_runs(const Arguments& arguments) {
  if (arguments.targets.size() != 3)
    throw UsageError(Problem{.what = "runs diff needs two runs",
                             .hint = "nnrun runs diff runs/diagonal/0001 runs/diagonal/0002"});
  const Differences found = differences(arguments);
  const Terminal out(stdout);
  if (arguments.json) {
    out.write_data(Json{{"runs", {arguments.targets[1], arguments.targets[2]}},
                        {"config", json_of(found.config)},
                        {"plugins", json_of(found.plugins)},
                        {"origin", json_of(found.origin)},
                        {"result", json_of(found.result)},
                        {"unexplained", found.unexplained}}
                       .dump(-1, ' ', false, Json::error_handler_t::replace) +
                   "\n");
    return Exit::done;
  }
  write_lines(out, found.config.empty() ? "The configs are equal" : "Config", found.config);
  if (!found.plugins.empty()) write_lines(out, "Plugins", found.plugins);
  if (!found.origin.empty()) write_lines(out, "Data and program", found.origin);
  write_lines(out, "Result", found.result);
  if (found.unexplained)
    out.write(
        "The results differ although all that is recorded is equal: a plugin that does not always\n"
        "compute the same, or a fault of memory. nnrun verify RUN tells which can be had again.\n");
  return Exit::done;
}

Exit remove_runs(const Arguments& arguments) {
  const std::vector<std::string> folders(arguments.targets.begin() + 1, arguments.targets.end());
  if (folders.empty())
    throw UsageError(
        Problem{.what = "runs rm needs a run", .hint = "nnrun runs rm runs/diagonal/0001"});
  for (const std::string& folder : folders) require_removable(folder);
  const bool asks = !arguments.has("--yes");
  if (asks && ::isatty(STDIN_FILENO) != 1)
    throw UsageError(
        Problem{.what = "runs rm asks before it removes, and nobody is there to answer",
                .hint = "say it with --yes"});
  std::size_t removed = 0;
  for (const std::string& folder : folders) {
    if (asks && !agreed(folder)) continue;
    std::error_code ignored;
    if (removed > 0 && !fs::exists(folder, ignored)) continue;  // it was part of another
    remove_recorded(folder);
    ++removed;
    if (!arguments.json) Terminal(stdout).write("removed  " + folder + "\n");
  }
  if (arguments.json) Terminal(stdout).write_data(Json{{"removed", removed}}.dump() + "\n");
  return Exit::done;
}

}  // namespace nnrun::host
