#include "runs/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>
namespace nnrun::host {
namespace {

int open_folder(const std::filesystem::path& folder) {
  return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/// Returns whether another process holds the lock.
bool is_refused(int descriptor, int how) {
  int status = 0;
  while ((status = ::flock(descriptor, how | LOCK_NB)) != 0 && errno == EINTR) {
  }
  return status != 0 && errno == EWOULDBLOCK;
}

}  // namespace

std::optional<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  FolderLock lock(open_folder(folder));
  // is_held takes the lock for an instant
  for (int tries = 0; lock.descriptor_ >= 0 && is_refused(lock.descriptor_, LOCK_EX); ++tries) {
    if (tries == 20) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return lock;
}

bool FolderLock::is_held(const std::filesystem::path& folder) {
  const FolderLock lock(open_folder(folder));
  return lock.descriptor_ >= 0 && is_refused(lock.descriptor_, LOCK_SH);
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace nnrun::host
