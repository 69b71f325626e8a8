// Loads libraries. Only its source file knows Boost.DLL.
#pragma once
#include <nnrun/abi.h>

#include <filesystem>
#include <functional>
#include <string>
namespace nnrun::host {

/// Loads a library for as long as the process lives and asks it for its table. `file` is canonical;
/// people are told `name`, and by `warn` what is odd. Throws PluginError with the dynamic linker's
/// reason.
const nnrun_library* open_library(const std::filesystem::path& file, const std::string& name,
                                  const std::function<void(const std::string&)>& warn);

}  // namespace nnrun::host
