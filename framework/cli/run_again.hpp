// A recorded run, loaded to be used again.
#pragma once
#include <filesystem>
#include <memory>

#include "cli/arguments.hpp"
#include "cli/terminal.hpp"
#include "loading/registry.hpp"
#include "network/model.hpp"
namespace nnrun::host {

struct RunAgain {
  std::filesystem::path folder;
  Experiment experiment;
  ModelFile model;
};

/// Reads config.yaml, run.json and model.safetensors of a run folder. A plugin of the run that is
/// not there is an error that names it and where it was; one that changed is said to `talk`.
RunAgain load_run(const std::string& folder, const std::vector<Override>& overrides,
                  Registry& registry, const Terminal* talk);

/// Says to `talk` which libraries changed since the run whose config.yaml this is; nothing where it
/// is no run's.
void note_changes(const std::filesystem::path& config, const Registry& registry,
                  const Terminal& talk);

}  // namespace nnrun::host
