#include "runs/opened_run.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/files.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A library, as run.json describes it.
struct UsedLibrary {
  std::string file, sha256;
  std::vector<std::pair<std::string, std::string>> classes;  // kind, name
};

Json record_of(const fs::path& folder) {
  constexpr std::size_t limit = 1 << 24;
  const fs::path file = folder / "run.json";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return {};
  Json record = Json::parse(read_file(file, limit), nullptr, false);
  if (!record.is_object())
    throw RecordError(Problem{.what = "not a record of a run", .where = file.string()});
  return record;
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<UsedLibrary> libraries_of(const Json& record) {
  std::vector<UsedLibrary> libraries;
  if (!record.contains("plugins")) return libraries;
  for (const Json& entry : record["plugins"]) {
    UsedLibrary& library =
        libraries.emplace_back(UsedLibrary{text_at(entry, "file"), text_at(entry, "sha256"), {}});
    if (!entry.is_object() || !entry.contains("classes")) continue;
    for (const Json& item : entry["classes"]) {
      if (!item.is_string()) continue;
      const auto words = item.get<std::string>();
      const std::size_t blank = words.find(' ');
      if (blank != words.npos)
        library.classes.emplace_back(words.substr(0, blank), words.substr(blank + 1));
    }
  }
  return libraries;
}

std::vector<Problem> missing(const std::vector<UsedLibrary>& libraries, const Registry& registry) {
  std::vector<Problem> problems;
  for (const UsedLibrary& library : libraries)
    for (const auto& [kind, name] : library.classes) {
      if (registry.find(kind, name)) continue;
      std::error_code ignored;
      const bool there = fs::exists(library.file, ignored);
      problems.push_back(
          {.what = "the run needs " + kind + " '" + name + "', which no loaded plugin provides",
           .place = {},
           .where = library.file + (there ? "" : " (no longer there)"),
           .label = {},
           .hint = there ? "set NNRUN_PLUGIN_PATH=" + library.file
                         : "put the library back, or build it again and let NNRUN_PLUGIN_PATH say "
                           "where it is\nits sha256 was " +
                               library.sha256});
    }
  return problems;
}

std::vector<std::string> changed(const std::vector<UsedLibrary>& libraries,
                                 const Registry& registry) {
  std::set<std::string> changed;
  for (const UsedLibrary& library : libraries) {
    if (library.classes.empty()) continue;
    const auto& [kind, name] = library.classes.front();  // one class tells which library it is
    const Class* const found = registry.find(kind, name);
    if (found && found->library->sha256() != library.sha256)
      changed.insert(found->library->shown());
  }
  return {changed.begin(), changed.end()};
}

}  // namespace

std::vector<std::string> changed_libraries(const fs::path& config, const Registry& registry) {
  if (config.filename() != "config.yaml") return {};
  return changed(libraries_of(record_of(config.parent_path())), registry);
}

OpenedRun open_run(const std::string& folder, const std::vector<Override>& overrides,
                   Registry& registry) {
  const fs::path path = folder, config = path / "config.yaml", model = path / "model.safetensors";
  std::error_code ignored;
  if (!fs::exists(config, ignored))
    throw RecordError(
        Problem{.what = "'" + folder + "' is not the folder of a run: it has no config.yaml",
                .hint = "nnrun runs lists those that are below a folder"});
  const Json record = record_of(path);
  if (!fs::exists(model, ignored)) {
    const std::string error = text_at(record, "error");
    throw RecordError(
        Problem{.what = "the run in '" + folder + "' has no model.safetensors" +
                        (error.empty() ? ": it did not finish" : ": it failed, " + error)});
  }
  const std::vector<UsedLibrary> libraries = libraries_of(record);
  OpenedRun run;
  run.folder = path;
  try {
    run.experiment = read_experiment(config, overrides, registry);
  } catch (const Error&) {
    std::vector<Problem> problems = missing(libraries, registry);
    if (problems.empty()) throw;
    throw PluginError(std::move(problems));
  }
  run.changed_libraries = changed(libraries, registry);
  run.model = read_model(model);
  return run;
}

}  // namespace nnrun::host
