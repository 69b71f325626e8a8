// Runs and comparisons anywhere below a folder, such as those made with --out.
#pragma once
#include <filesystem>
#include <vector>

#include "runs/run_folder.hpp"
namespace nnrun::host {

struct FoundRuns {
  std::vector<RunEntry> entries;
  bool complete = true;  ///< false: there were more folders than were looked at
};

/// Looks for folders with config.yaml and run.json, and for those of comparisons, but not within
/// either. Leaves out hidden folders and does not follow links. Entries come by path, without a
/// number. How deep and at how many folders it looks is limited, so that it takes some
/// milliseconds.
FoundRuns find_runs(const std::filesystem::path& root);

}  // namespace nnrun::host
