// Checks a library before any of its code runs.
#pragma once
#include <filesystem>
#include <string>
namespace nnrun::host {

/// Returns the name of the one function that a library exports; its number is the major version of
/// the interface.
std::string entry_name();

/// Throws PluginError, calling the file `name`, unless it is a whole shared library for this
/// machine that exports the entry function of this plugin interface.
void require_plugin_library(const std::filesystem::path& file, const std::string& name);

}  // namespace nnrun::host
