// The files that the runs of a comparison read: every run must find the same bytes.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

/// A file as it was when the comparison was planned.
struct PlannedFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::string modified;  ///< 2026-01-31T12:00:00.123456789Z
  std::string sha256;
  bool operator==(const PlannedFile&) const = default;
};

/// Knows the bytes of files. As long as a file's size, times and number are the same, it is not
/// read again.
class PlannedFiles {
 public:
  /// Returns the files that a config names, with those of a folder that it names. Throws DataError
  /// for one that is neither a file nor a folder, and so could be read only once.
  std::vector<PlannedFile> of(const Experiment& experiment);

  /// Throws DataError for the first file that has other bytes than planned, or is gone. A file that
  /// was only touched, or copied back, is as good as before.
  void check(const std::vector<PlannedFile>& planned);

 private:
  struct Stamp {
    dev_t device = 0;
    ino_t number = 0;
    std::uint64_t bytes = 0;
    std::int64_t modified = 0, changed = 0;  // nanoseconds
    bool operator==(const Stamp&) const = default;
  };
  struct Known {
    Stamp stamp;
    std::string sha256;
  };
  static Stamp stamp_of(const std::filesystem::path& file);
  /// Reads the file if its stamp is another than before.
  const Known& known(const std::filesystem::path& file);
  void add(const std::filesystem::path& file, std::vector<PlannedFile>& files);
  std::map<std::string, Known> known_;
};

}  // namespace nnrun::host
