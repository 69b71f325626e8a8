// Where the files of a recorded config are: a project may be moved or mailed with its runs.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "config/named_files.hpp"
namespace nnrun::host {

/// Returns the checksum of a file that the run starts from. Empty for data and plugins, which have
/// checksums of their own, and for what is not a file.
std::string sum_of(const NamedFile& file);
/// Returns what run.json says of the files that the config names: `key`, `path`, `relative`, the
/// path from the run's folder, and `sha256`, if it has one.
nlohmann::ordered_json files_json(const Experiment& experiment,
                                  const std::filesystem::path& folder);

/// A file of a recorded config, as it was called then and as it is called from the run's folder.
struct RecordedFile {
  std::string path, beside;
};

/// Returns the files that the run.json beside a run's config.yaml lists; none for another config,
/// and none if there is no such list.
std::vector<RecordedFile> recorded_files(const std::filesystem::path& config);

/// Returns a sentence for each file of a recorded config that is in neither of its places; empty if
/// there is none.
std::string words_for_missing(const std::filesystem::path& config);

}  // namespace nnrun::host
