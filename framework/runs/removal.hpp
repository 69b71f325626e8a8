// Removes what nnrun recorded, and nothing else.
#pragma once
#include <filesystem>
#include <string>
namespace nnrun::host {

/// Throws UsageError unless this is the folder of a run or of a comparison, or what a killed one
/// left of it, and nothing is in it that nnrun did not write; links are not followed. Throws
/// RecordError if a process works in it.
void require_removable(const std::string& folder);

/// Removes such a folder. Throws as above, also for what has come in between.
void remove_recorded(const std::string& folder);
/// Does the same for a folder that is a run's according to its comparison, whatever a power cut
/// left of its files.
void remove_run(const std::filesystem::path& folder);

}  // namespace nnrun::host
