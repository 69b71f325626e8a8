#include "comparison/comparison_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"
#include "runs/folder_lock.hpp"
#include "runs/run_folder.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Returns the folder's entries that `is_ours` accepts.
template <class IsOurs>
std::vector<fs::path> entries(const fs::path& folder, IsOurs is_ours) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (is_ours(entry->path().filename().string())) found.push_back(entry->path());
  return found;
}

/// Returns `-machine-`. Not all file systems tell other machines of a lock, so what those left, or
/// may be writing, stays.
std::string this_machine() {
  const std::string process = this_process();
  return "-" + process.substr(0, process.rfind('-') + 1);
}

void remove_leftovers(const fs::path& folder) {
  const std::string machine = this_machine();
  std::vector<fs::path> gone;
  const auto add = [&](const std::vector<fs::path>& found) {
    gone.insert(gone.end(), found.begin(), found.end());
  };
  add(entries(folder, is_left_by_killed));
  add(entries(folder / "configs", is_left_by_killed));
  for (const fs::path& config : entries(folder / "runs", [](const std::string&) { return true; }))
    add(entries(config, [&](const std::string& name) {
      return name.starts_with('.') && name.find(machine) != name.npos;
    }));
  std::error_code ignored;
  for (const fs::path& entry : gone) fs::remove_all(entry, ignored);
}

}  // namespace

ComparisonFolder::ComparisonFolder(const fs::path& folder)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) return;
  if (lock_folder(descriptor_, LockMode::alone) == LockAnswer::taken) remove_leftovers(folder);
  // another process that starts has the folder alone for a moment
  constexpr std::chrono::seconds patience(2);
  if (lock_folder(descriptor_, LockMode::shared, patience) != LockAnswer::held_by_another) return;
  ::close(descriptor_);
  throw RecordError(Problem{.what = "'" + folder.string() + "' is being removed"});
}

ComparisonFolder::~ComparisonFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

fs::path ComparisonFolder::unfinished(const fs::path& run, const std::string& process) {
  return run.parent_path() / ("." + run.filename().string() + "-" + process);
}

}  // namespace nnrun::host
