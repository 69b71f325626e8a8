// Whether a file is still the one that it was, without reading it.
#pragma once
#include <sys/types.h>

#include <ctime>
#include <filesystem>
namespace nnrun::host {

/// Another file of the same name has another stamp, and so has a file that was written to.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  timespec written{}, changed{};  ///< contents; contents, owner or mode

  /// Returns the stamp of a file; of one that is not there, that of no file.
  static FileStamp of(const std::filesystem::path& file);
  bool operator==(const FileStamp& other) const;
};

}  // namespace nnrun::host
