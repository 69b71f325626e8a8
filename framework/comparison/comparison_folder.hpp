// The folder of a comparison while runs are trained in it, by this process and perhaps by others.
#pragma once
#include <filesystem>
namespace nnrun::host {

/// Shares the folder with other processes that train in it, as long as this lives. The kernel ends
/// that with the process, however it ends.
class ComparisonFolder {
 public:
  /// Removes what killed processes of this machine left, unless another process works here. Throws
  /// RecordError if the folder is being removed.
  explicit ComparisonFolder(const std::filesystem::path& folder);
  ComparisonFolder(const ComparisonFolder&) = delete;
  ComparisonFolder& operator=(const ComparisonFolder&) = delete;
  ~ComparisonFolder();

  /// Returns where a run is recorded until it has ended: `.0001-machine-1234` beside its folder.
  /// process: what `this_process` returns in the one that trains the comparison.
  static std::filesystem::path unfinished(const std::filesystem::path& run,
                                          const std::string& process);

 private:
  int descriptor_;  // -1: it cannot be locked
};

}  // namespace nnrun::host
