#include "runs/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <utility>
namespace nnrun::host {
namespace {

int open_folder(const std::filesystem::path& folder) {
  return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

LockAnswer try_to_lock(int descriptor, LockMode mode) {
  const int how = (mode == LockMode::alone ? LOCK_EX : LOCK_SH) | LOCK_NB;
  int status = 0;
  while ((status = ::flock(descriptor, how)) != 0 && errno == EINTR) {
  }
  if (status == 0) return LockAnswer::taken;
  return errno == EWOULDBLOCK ? LockAnswer::held_by_another : LockAnswer::not_possible;
}

}  // namespace

LockAnswer lock_folder(int descriptor, LockMode mode, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds pause(5);
  LockAnswer answer;
  while ((answer = try_to_lock(descriptor, mode)) == LockAnswer::held_by_another &&
         patience.count() > 0) {
    std::this_thread::sleep_for(pause);
    patience -= pause;
  }
  return answer;
}

std::optional<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  FolderLock lock(open_folder(folder));
  if (lock.descriptor_ < 0) return lock;
  // is_held takes the lock for an instant
  constexpr std::chrono::milliseconds patience(100);
  if (lock_folder(lock.descriptor_, LockMode::alone, patience) == LockAnswer::held_by_another)
    return std::nullopt;
  return lock;
}

bool FolderLock::is_held(const std::filesystem::path& folder) {
  const FolderLock lock(open_folder(folder));
  return lock.descriptor_ >= 0 &&
         lock_folder(lock.descriptor_, LockMode::shared) == LockAnswer::held_by_another;
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace nnrun::host
