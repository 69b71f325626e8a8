// run.json as others find it: written by an earlier nnrun, cut off, edited, or never a record.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runs/run_record.hpp"
namespace nnrun::host {

struct StoredLibrary {
  std::string file, sha256;
  std::string folder;  ///< of a model: where the file was; words for people, never opened
  std::vector<std::pair<std::string, std::string>> classes;  ///< kind, name
};

/// A text that is missing or not a text is empty; of lists, only what is as it should be is there.
struct StoredRecord {
  std::string status, error, started, config_sha256, course_sha256, data_sha256;
  std::vector<std::string> command_line;
  std::vector<Continuation> resumed;  ///< after it had ended or was killed
  RecordedEdits edits{};
  std::vector<StoredLibrary> libraries;
  std::map<std::string, std::string> files;  ///< key of the config → checksum, if there is one
  /// `nnrun`, `git`, `compiler`, `flags`, `build`, `instruction_set`, and the libraries' versions
  std::map<std::string, std::string> program;
  std::shared_ptr<const nlohmann::ordered_json> result;  ///< an object; may be nullptr

  /// Return the value of the result; empty, or nothing, if it has no such value.
  std::string text(const char* key) const;
  std::optional<std::uint64_t> count(const char* key) const;
};

/// Returns nothing if the folder has no run.json. Throws RecordError, naming the file, if it cannot
/// be read or is not an object of JSON.
std::optional<StoredRecord> stored_record(const std::filesystem::path& folder);

/// Returns the libraries that a model's metadata list, with the classes of kinds that its use
/// needs.
std::vector<StoredLibrary> libraries_for_use(const std::map<std::string, std::string>& metadata);

/// Returns of this program what `StoredRecord::program` has of another.
std::map<std::string, std::string> present_program();

}  // namespace nnrun::host
