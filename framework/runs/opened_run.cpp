#include "runs/opened_run.hpp"

#include <algorithm>
#include <iterator>

#include "base/commands.hpp"
#include "config/recorded_files.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// elsewhere: where else the run's files were looked for; may be empty.
std::vector<Problem> missing(const std::vector<StoredLibrary>& libraries, const Registry& registry,
                             const std::string& elsewhere) {
  std::vector<Problem> problems;
  for (const StoredLibrary& library : libraries)
    for (const auto& [of_kind, name] : library.classes) {
      if (registry.find(of_kind, name)) continue;
      std::error_code ignored;
      const bool there = fs::exists(library.file, ignored);
      problems.push_back(
          {.what = "the run needs " + of_kind + " '" + name + "', which no loaded plugin provides",
           .place = {},
           .where = library.file + (there ? "" : " (no longer there)"),
           .label = {},
           .hint = there ? "set NNRUN_PLUGIN_PATH=" + library.file
                         : "put the library back, or build it again and let NNRUN_PLUGIN_PATH say "
                           "where it is\nits sha256 was " +
                               library.sha256 + (elsewhere.empty() ? "" : "\n") + elsewhere});
    }
  return problems;
}

}  // namespace

std::vector<std::string> changed_libraries(const fs::path& config, const Registry& registry) {
  if (config.filename() != "config.yaml") return {};
  const std::optional<StoredRecord> record = stored_record(config.parent_path());
  return record ? names_of(changed_libraries(*record, registry)) : std::vector<std::string>();
}

std::vector<Change> changes_since(const fs::path& config, const Experiment& experiment,
                                  const Registry& registry) {
  if (config.filename() != "config.yaml") return {};
  const std::optional<StoredRecord> record = stored_record(config.parent_path());
  if (!record) return {};
  std::vector<Change> changes = changed_libraries(*record, registry);
  std::ranges::move(changed_config(*record, config), std::back_inserter(changes));
  std::ranges::move(changed_files(*record, experiment), std::back_inserter(changes));
  return changes;
}

OpenedRun open_run(const std::string& folder, const std::vector<Override>& overrides,
                   Registry& registry) {
  const fs::path path = folder, config = path / "config.yaml", model = path / "model.safetensors";
  std::error_code ignored;
  if (!fs::exists(config, ignored))
    throw RecordError(
        Problem{.what = "'" + folder + "' is not the folder of a run: it has no config.yaml",
                .hint = "nnrun runs lists those that are below a folder"});
  OpenedRun run;
  run.record = stored_record(path).value_or(StoredRecord{});
  if (!fs::exists(model, ignored)) {
    const std::string& error = run.record.error;
    throw RecordError(
        Problem{.what = "the run in '" + folder + "' has no model.safetensors" +
                        (error.empty() ? ": it did not finish" : ": it failed, " + error),
                .hint = "nnrun train --resume " + shell_word(folder) + " goes on with it"});
  }
  run.folder = path;
  try {
    run.experiment = read_experiment(config, overrides, registry);
  } catch (const Error& e) {
    const bool refused =
        e.status() == Exit::plugin && e.problems().front().cause != Cause::no_such_file;
    if (refused) throw;  // the library is there, but must not be loaded
    std::vector<Problem> problems =
        missing(run.record.libraries, registry, words_for_missing(config));
    if (problems.empty()) throw;
    throw PluginError(std::move(problems));
  }
  run.changes = changes_since(config, run.experiment, registry);
  const bool other = std::ranges::count(overrides, "model.weights", &Override::path) > 0;
  run.model = read_model(other ? run.experiment.model.weights.value : model);
  return run;
}

}  // namespace nnrun::host
