// Files that data sets read.
#pragma once
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nnrun/kinds/common.hpp>
#include <string>

namespace nnrun {

/// Throws Error, naming the file, if it is missing or not a regular file.
inline void require_file(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::file_status status = fs::status(file, failed);
  if (!fs::exists(status)) throw Error("no such file", file);
  if (!fs::is_regular_file(status))
    throw Error(fs::is_directory(status) ? "a folder, not a file" : "not a regular file", file);
}

/// A file as it was when it was opened.
class FileAsOpened {
 public:
  FileAsOpened() = default;
  explicit FileAsOpened(std::string file) : file_(std::move(file)), now_(look()) {}
  /// Throws Error, naming the file, if it was written since, cut off, or is gone.
  void require_same() const {
    if (look() != now_) refuse();
  }
  [[noreturn]] void refuse() const {
    throw Error("changed while it was read", file_, "wait until it is whole, then try again");
  }

 private:
  struct Look {
    std::int64_t size, seconds, nanoseconds;  // -1: it is gone
    bool operator==(const Look&) const = default;
  };
  /// One call of the system: readers look before every few thousand numbers.
  Look look() const {
    struct stat found;
    if (::stat(file_.c_str(), &found) != 0) return {-1, -1, -1};
    return {found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
  }
  std::string file_;
  Look now_{};
};

/// Opens a file for reading bytes. Throws Error if it is missing, not a regular file, or not
/// readable.
inline std::ifstream open_input(const std::string& file) {
  require_file(file);
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::string why = std::strerror(errno);
    why[0] = static_cast<char>(why[0] | 0x20);  // as part of a message: "permission denied"
    throw Error(why, file);
  }
  return in;
}

}  // namespace nnrun
