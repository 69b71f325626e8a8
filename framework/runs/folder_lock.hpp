// Whether a process works in a folder. A lock of the kernel says it, which ends with the process,
// however that ends.
#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
namespace nnrun::host {

enum class LockMode { alone, shared };
/// Not every file system has locks.
enum class LockAnswer { taken, held_by_another, not_possible };

/// Locks an open folder, as long as it stays open, or changes how it is locked. Waits as long as
/// patience says while another process holds a lock that excludes this one.
LockAnswer lock_folder(int descriptor, LockMode mode, std::chrono::milliseconds patience = {});

/// Holds the lock of a folder as long as it lives.
class FolderLock {
 public:
  /// Returns nothing if another process holds it. On file systems without locks nobody does.
  static std::optional<FolderLock> take(const std::filesystem::path& folder);
  /// Returns whether a process holds it.
  static bool is_held(const std::filesystem::path& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;  // -1: nothing could be locked
};

}  // namespace nnrun::host
