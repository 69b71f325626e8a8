// What is no longer as it was when a run was recorded.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "runs/stored_record.hpp"
namespace nnrun::host {

struct Change {
  std::string what;           ///< `swish.so`, `config.yaml`, `data`, `compiler`
  std::string recorded, now;  ///< checksums or versions; may be empty
};

/// Returns the libraries whose classes the run used that have another checksum now, or that are not
/// loaded. A class may have moved to another library.
std::vector<Change> changed_libraries(const StoredRecord& record, const Registry& registry);
/// Returns `config.yaml` if the file was edited since the run.
std::vector<Change> changed_config(const StoredRecord& record, const std::filesystem::path& config);
/// Returns `edits.jsonl` and `start.yaml` if they are others than the run recorded.
std::vector<Change> changed_edits(const StoredRecord& record, const std::filesystem::path& folder);
/// Returns the keys of files whose contents changed since the run, such as `model.weights`, but not
/// of those that --set names.
std::vector<Change> changed_files(const StoredRecord& record, const Experiment& experiment);
/// Returns `data` if these are not the data of the run; nothing if it did not record them.
std::vector<Change> changed_data(const StoredRecord& record, const std::string& data_sha256);
/// Returns what of this program is not as it was: version, compiler, flags, libraries' versions,
/// instruction set.
std::vector<Change> changed_program(const StoredRecord& record);

std::vector<std::string> names_of(const std::vector<Change>& changes);

}  // namespace nnrun::host
