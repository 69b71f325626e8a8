// Loads libraries. Only its source file knows Boost.DLL.
#pragma once
#include <nnrun/abi.h>

#include <filesystem>
#include <functional>
#include <string>
namespace nnrun::host {

/// Loads a library for the lifetime of the process and returns its table. file: canonical; name:
/// for messages; warn: is told of what is odd but not an error. Throws PluginError with the dynamic
/// linker's reason.
const nnrun_library* open_library(const std::filesystem::path& file, const std::string& name,
                                  const std::function<void(const std::string&)>& warn);

}  // namespace nnrun::host
