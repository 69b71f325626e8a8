#include "comparison/comparison_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"
#include "runs/run_folder.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Returns whether the lock was taken, or cannot be had on this file system.
bool locked(int descriptor, int how) {
  int status = 0;
  while ((status = ::flock(descriptor, how | LOCK_NB)) != 0 && errno == EINTR) {
  }
  return status == 0 || errno != EWOULDBLOCK;
}

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
  add(entries(folder, is_temporary_name));
  add(entries(folder / "configs", is_temporary_name));
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
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) remove_leftovers(folder);
  // another process that starts has the folder alone for a moment
  for (int tries = 0; !locked(descriptor_, LOCK_SH); ++tries) {
    if (tries == 100) {
      ::close(descriptor_);
      throw RecordError(Problem{.what = "'" + folder.string() + "' is being removed"});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

ComparisonFolder::~ComparisonFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

fs::path ComparisonFolder::unfinished(const fs::path& run) {
  return run.parent_path() / ("." + run.filename().string() + "-" + this_process());
}

}  // namespace nnrun::host
