// Which nnrun this is, and how it was built.
#pragma once
#include <string>
#include <utility>
#include <vector>
namespace nnrun::host {

struct Version {
  std::string number;  ///< 0.1.0
  std::string git;     ///< commit, with `-dirty` where the tree had changes; `unknown` without git
  std::string compiler;  ///< g++ 12.2.0
  std::string flags;     ///< of the framework
  std::string build_type;
  std::vector<std::pair<std::string, std::string>> libraries;  ///< name, version
};
Version version();

/// Returns the highest x86-64 level that this processor has: `x86-64-v3`; elsewhere the
/// architecture.
std::string instruction_set();

}  // namespace nnrun::host
