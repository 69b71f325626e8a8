// Loads libraries. Only its source file knows Boost.DLL.
#pragma once
#include <nnrun/abi.h>

#include <filesystem>
#include <string>
#include <vector>
namespace nnrun::host {

/// Loads a library for as long as the process lives and asks it for its table. `file` is canonical;
/// people are told `name`. Throws PluginError with the dynamic linker's reason.
const nnrun_library* open_library(const std::filesystem::path& file, const std::string& name,
                                  std::vector<std::string>& warnings);

}  // namespace nnrun::host
