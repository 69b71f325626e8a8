// A recorded run, opened to be used again.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "loading/registry.hpp"
#include "network/model.hpp"
namespace nnrun::host {

struct OpenedRun {
  std::filesystem::path folder;
  Experiment experiment;
  ModelFile model;
  std::vector<std::string> changed_libraries;  ///< since the run, as people are told of them
};

/// Reads config.yaml, run.json and model.safetensors of a run folder. Throws RecordError where the
/// run did not leave them, and PluginError for a plugin of the run that is not there, naming it and
/// where it was.
OpenedRun open_run(const std::string& folder, const std::vector<Override>& overrides,
                   Registry& registry);

/// Returns which libraries changed since the run whose config.yaml this is; none where it is not a
/// run's.
std::vector<std::string> changed_libraries(const std::filesystem::path& config,
                                           const Registry& registry);

}  // namespace nnrun::host
