// Files that data sets read.
#pragma once
#include <cerrno>
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

/// Opens a file for reading bytes. Throws Error if it is missing, not a regular file, or not
/// readable.
inline std::ifstream open_input(const std::string& file) {
  require_file(file);
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(std::strerror(errno), file);
  return in;
}

}  // namespace nnrun
