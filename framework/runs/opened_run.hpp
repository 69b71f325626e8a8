// A recorded run, opened for use.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "loading/registry.hpp"
#include "network/model.hpp"
#include "runs/changes.hpp"
namespace nnrun::host {

struct OpenedRun {
  std::filesystem::path folder;  ///< or the model, where that is all
  bool is_model = false;  ///< only a model was there: record has what the file says of plugins
  Experiment experiment;
  ModelFile model;
  StoredRecord record;
  std::vector<Change> changes;  ///< of libraries and of config.yaml, since the run
};

/// Reads config.yaml, run.json and model.safetensors of a run folder, which may be named by the
/// last of them; or a model alone, which has all that its use needs. Throws UsageError if it is
/// neither, RecordError if the model is missing or damaged, and PluginError if a plugin of the run
/// is missing, with its name and where it was.
OpenedRun open_run(const std::string& folder, const std::vector<Override>& overrides,
                   Registry& registry);

/// Opens the folder of a run as open_run does, but also if it has no model, since it failed or was
/// killed; then the model has no path.
OpenedRun open_run_as_it_ended(const std::string& folder, const std::vector<Override>& overrides,
                               Registry& registry);

/// Opens a model whose file lies in memory. Throws as open_run does.
OpenedRun open_model_bytes(std::string_view bytes, Registry& registry);

/// Returns whether this names a model that is not in the folder of its run.
bool is_model_alone(const std::filesystem::path& named);

/// Reads the config.yaml of a run with this record. Throws as read_experiment does, but if a class
/// of the run is not loaded, as require_plugins does.
Experiment read_recorded_config(const std::filesystem::path& config,
                                const std::vector<Override>& overrides, const StoredRecord& record,
                                Registry& registry);
/// Throws PluginError with the name of each class of the run that is not loaded, and where it was.
void require_plugins(const StoredRecord& record, const std::filesystem::path& config,
                     const Registry& registry);

/// Returns which libraries changed since the run that this config.yaml belongs to; none if it is
/// not a run's.
std::vector<std::string> changed_libraries(const std::filesystem::path& config,
                                           const Registry& registry);
/// Returns what changed since the run that this config.yaml belongs to, but for its data; nothing
/// if it is not a run's.
std::vector<Change> changes_since(const std::filesystem::path& config, const Experiment& experiment,
                                  const Registry& registry);

}  // namespace nnrun::host
