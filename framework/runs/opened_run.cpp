#include "runs/opened_run.hpp"

#include <algorithm>
#include <iterator>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "config/recorded_files.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Says what gets a library loaded. elsewhere: where else the run's files were looked for; may be
/// empty.
std::string hint_for(const StoredLibrary& library, bool there, const Registry& registry,
                     const std::string& elsewhere) {
  if (there && registry.is_closed())
    return "--no-plugins leaves it out: go on without that option if you trust the run";
  if (there) return "set NNRUN_PLUGIN_PATH=" + library.file;
  return "put the library back, or build it again and let NNRUN_PLUGIN_PATH say where it is\n"
         "its sha256 was " +
         library.sha256 + (elsewhere.empty() ? "" : "\n") + elsewhere;
}

std::vector<Problem> missing(const StoredRecord& record, const fs::path& config,
                             const Registry& registry) {
  std::vector<Problem> problems;
  for (const StoredLibrary& library : record.libraries)
    for (const auto& [of_kind, name] : library.classes) {
      if (registry.find(of_kind, name)) continue;
      std::error_code ignored;
      const bool known = fs::path(library.file).has_parent_path();  // a model has names alone
      const bool there = known && fs::exists(library.file, ignored);
      problems.push_back(
          {.what = "the run needs " + of_kind + " '" + name + "', which no loaded plugin provides",
           .place = {},
           .where = library.file + (there                    ? ""
                                    : known                  ? " (no longer there)"
                                    : library.folder.empty() ? ""
                                                             : " (was in " + library.folder + ")"),
           .label = {},
           .hint = hint_for(library, there, registry, words_for_missing(config))});
    }
  return problems;
}

/// Calls read. Where it fails for want of a class of the run, throws PluginError instead.
template <class Read>
Experiment reading_run(const StoredRecord& record, const fs::path& config, const Registry& registry,
                       Read read) {
  try {
    return read();
  } catch (const Error& e) {
    const bool refused =
        e.status() == Exit::plugin && e.problems().front().cause != Cause::no_such_file;
    if (!refused) require_plugins(record, config, registry);
    throw;  // the library is there, but must not be loaded; or it is another mistake
  }
}

fs::path folder_above(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// Returns whether this is the model in the folder of its run.
bool is_model_of_run(const fs::path& named) {
  std::error_code ignored;
  return named.filename() == "model.safetensors" && !fs::is_directory(named, ignored) &&
         fs::exists(folder_above(named) / "config.yaml", ignored);
}

/// Returns the folder of a run that is named by itself or by its model.
fs::path folder_of(const fs::path& named) {
  return is_model_of_run(named) ? folder_above(named) : named;
}

/// Opens a model that is all that there is of its run.
OpenedRun open_model(ModelFile model, const std::vector<Override>& overrides, Registry& registry) {
  const fs::path file = model.path;
  OpenedRun run{.folder = file,
                .is_model = true,
                .experiment = {},
                .model = std::move(model),
                .record = {},
                .changes = {}};
  const Metadata& metadata = run.model.file.metadata;
  if (run.model.config.empty())
    throw RecordError(Problem{
        .what = metadata.contains("kind") ? "'" + file.string() + "' is a " + metadata.at("kind")
                                          : "'" + file.string() +
                                                "' does not say what network its "
                                                "numbers belong to",
        .hint = metadata.contains("kind")
                    ? "the model of a run is its model.safetensors"
                    : "an earlier nnrun wrote it, or another program; name the folder of its run"});
  run.record.libraries = libraries_for_use(metadata);
  const auto config = std::make_shared<const Source>(Source{file.string(), run.model.config});
  run.experiment = reading_run(run.record, file, registry,
                               [&] { return read_for_use(config, overrides, registry); });
  run.changes = changed_libraries(run.record, registry);
  return run;
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
  std::ranges::move(changed_edits(*record, config.parent_path()), std::back_inserter(changes));
  std::ranges::move(changed_files(*record, experiment), std::back_inserter(changes));
  return changes;
}

Experiment read_recorded_config(const fs::path& config, const std::vector<Override>& overrides,
                                const StoredRecord& record, Registry& registry) {
  return reading_run(record, config, registry,
                     [&] { return read_experiment(config, overrides, registry); });
}

bool is_model_alone(const fs::path& named) {
  std::error_code ignored;
  return fs::is_regular_file(named, ignored) && !is_model_of_run(named) &&
         (named.extension() == ".safetensors" || starts_as_safetensors(named));
}

void require_plugins(const StoredRecord& record, const fs::path& config, const Registry& registry) {
  std::vector<Problem> problems = missing(record, config, registry);
  if (!problems.empty()) throw PluginError(std::move(problems));
}

OpenedRun open_model_bytes(std::string_view bytes, Registry& registry) {
  const fs::path name = "a model in memory";
  return open_model(model_in(read_safetensors(bytes, name), name), {}, registry);
}

namespace {

/// Says what it is instead of a run or its model.
[[noreturn]] void refuse_other_than_run(const std::string& name) {
  std::error_code ignored;
  const std::string quoted = "'" + name + "'", word = shell_word(name);
  if (fs::is_directory(name, ignored))
    throw UsageError(Problem{.what = quoted + " is not the folder of a run: it has no config.yaml",
                             .hint = "nnrun runs " + word + " lists those that are below it"});
  if (!fs::exists(name, ignored))
    throw UsageError(Problem{.what = quoted + " is not the folder of a run: it is not there",
                             .hint = "nnrun runs lists those that are below a folder"});
  const std::string ending = fs::path(name).extension().string();
  const bool is_config = ending == ".yaml" || ending == ".yml", is_onnx = ending == ".onnx";
  throw UsageError(
      Problem{.what = quoted + " is not the folder of a run, nor a model.safetensors",
              .hint = is_config ? "nnrun " + word + " trains it, and says where its run is"
                      : is_onnx ? "nnrun import " + word + " --to DIR makes a model of it"
                                : "nnrun runs lists the runs that are below a folder"});
}

enum class Needs { model, config };

OpenedRun opened(const std::string& folder, const std::vector<Override>& overrides,
                 Registry& registry, Needs needs) {
  if (is_model_alone(folder)) return open_model(read_model(folder), overrides, registry);
  const fs::path path = folder_of(folder), config = path / "config.yaml",
                 model = path / "model.safetensors";
  std::error_code ignored;
  const fs::path above = fs::path(folder).parent_path(), of_best = above.parent_path();
  if (folder.ends_with(".safetensors") && above.filename() == "checkpoints" &&
      fs::exists(of_best / "config.yaml", ignored))
    throw UsageError(Problem{
        .what = "'" + folder + "' is not the folder of a run, but one of its checkpoints",
        .hint = "name the run, and say which numbers it is to have: " +
                shell_word(of_best.string()) + " --set model.weights=" + shell_word(folder)});
  if (!fs::exists(config, ignored)) refuse_other_than_run(folder);
  OpenedRun run;
  run.record = stored_record(path).value_or(StoredRecord{});
  const bool is_there = fs::exists(model, ignored);
  if (!is_there && (needs == Needs::model || !fs::exists(path / "run.json", ignored))) {
    const fs::path imported = path / "weights.safetensors";
    if (!fs::exists(path / "run.json", ignored) && fs::exists(imported, ignored))
      throw UsageError(Problem{.what = "'" + folder +
                                       "' is not the folder of a run: a network was "
                                       "imported there, and not trained",
                               .hint = "name its weights: " + shell_word(imported.string())});
    const std::string& error = run.record.error;
    const bool is_gone = run.record.status == "done";
    throw RecordError(Problem{.what = "the run in '" + folder + "' has no model.safetensors: it " +
                                      (!error.empty() ? "failed, " + error
                                       : is_gone      ? "was there when the run ended"
                                                      : "did not finish"),
                              .hint = "nnrun train --resume " + shell_word(path.string()) +
                                      (is_gone ? " makes it again" : " goes on with it")});
  }
  run.folder = path;
  run.experiment = read_recorded_config(config, overrides, run.record, registry);
  run.changes = changes_since(config, run.experiment, registry);
  const bool other = std::ranges::any_of(overrides, [](const Override& set) {
    return set.path == "model.weights" || set.path == "model.weights.file";
  });
  if (is_there) run.model = read_model(other ? run.experiment.model.weights.file.value : model);
  return run;
}

}  // namespace

OpenedRun open_run(const std::string& folder, const std::vector<Override>& overrides,
                   Registry& registry) {
  return opened(folder, overrides, registry, Needs::model);
}

OpenedRun open_run_as_it_ended(const std::string& folder, const std::vector<Override>& overrides,
                               Registry& registry) {
  return opened(folder, overrides, registry, Needs::config);
}

}  // namespace nnrun::host
