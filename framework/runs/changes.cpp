#include "runs/changes.hpp"

#include <algorithm>
#include <iterator>

#include "base/files.hpp"
#include "config/recorded_files.hpp"
#include "runs/run_folder.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

void add_once(std::vector<Change>& changes, Change change) {
  if (std::ranges::count(changes, change.what, &Change::what) == 0)
    changes.push_back(std::move(change));
}

std::vector<Change> if_other(const char* what, const std::string& recorded,
                             const std::string& now) {
  if (recorded.empty() || recorded == now) return {};
  return {{what, recorded, now}};
}

}  // namespace

std::vector<Change> changed_libraries(const StoredRecord& record, const Registry& registry) {
  std::vector<Change> changes;
  for (const StoredLibrary& library : record.libraries)
    for (const auto& [of_kind, name] : library.classes) {
      const Class* const found = registry.find(of_kind, name);
      if (!found)
        add_once(changes, {fs::path(library.file).filename().string(), library.sha256, {}});
      else if (found->library->built_in)
        continue;  // it has nothing to compare
      else if (!library.sha256.empty() && found->library->sha256() != library.sha256)
        add_once(changes, {found->library->shown(), library.sha256, found->library->sha256()});
    }
  std::ranges::sort(changes, {}, &Change::what);
  return changes;
}

std::vector<Change> changed_config(const StoredRecord& record, const fs::path& config) {
  return if_other("config.yaml", record.config_sha256, sha256_of_file(config));
}

std::vector<Change> changed_edits(const StoredRecord& record, const fs::path& folder) {
  std::vector<Change> changes;
  for (const auto& [file, recorded] : {std::pair(edits_file, record.edits.edits_sha256),
                                       std::pair(start_file, record.edits.start_sha256)}) {
    std::error_code none;
    const bool is_there = fs::exists(folder / file, none);
    std::ranges::move(if_other(file, recorded, is_there ? sha256_of_file(folder / file) : ""),
                      std::back_inserter(changes));
  }
  return changes;
}

std::vector<Change> changed_files(const StoredRecord& record, const Experiment& experiment) {
  std::vector<Change> changes;
  for (const NamedFile& file : named_files(experiment)) {
    const auto recorded = record.files.find(file.key);
    if (recorded == record.files.end()) continue;
    if (file.is_override) continue;
    if (const std::string sum = sum_of(file); sum != recorded->second)
      changes.push_back({file.key, recorded->second, sum});
  }
  return changes;
}

std::vector<Change> changed_data(const StoredRecord& record, const std::string& data_sha256) {
  return if_other("data", record.data_sha256, data_sha256);
}

std::vector<Change> changed_program(const StoredRecord& record) {
  std::vector<Change> changes;
  const auto present = present_program();
  for (const auto& [key, recorded] : record.program) {
    const auto found = present.find(key);
    const std::string now = found == present.end() ? "" : found->second;
    if (now != recorded) changes.push_back({key, recorded, now});
  }
  return changes;
}

std::vector<std::string> names_of(const std::vector<Change>& changes) {
  std::vector<std::string> names;
  for (const Change& change : changes) names.push_back(change.what);
  return names;
}

}  // namespace nnrun::host
