// A whole process, from its start to its exit, as its parent sees it.
#pragma once
#include <string>
#include <vector>
namespace nnrun::bench {

struct ProcessUse {
  double seconds = 0;      ///< start to exit
  double cpu_seconds = 0;  ///< user and system
  double mebibytes = 0;    ///< most memory resident at once
};

/// Runs it with no output. Throws std::runtime_error unless it ends with status 0.
/// The kernel counts the peak of the caller, too, until the new program takes over: call this while
/// the caller is small.
ProcessUse run_process(const std::vector<std::string>& command);

}  // namespace nnrun::bench
