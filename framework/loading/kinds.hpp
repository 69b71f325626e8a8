// The kinds of plugins, and what a library must say of its classes before it is used.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "loading/registry.hpp"
namespace nnrun::host {

/// Throws PluginError, calling the library `name`, unless this program supports its interface.
void require_interface(const nnrun_library& table, const std::string& name);

/// Returns the classes of a library, with every description checked. Throws PluginError.
std::vector<std::unique_ptr<Class>> classes_of(const std::shared_ptr<const Library>& library,
                                               const std::string& name);

}  // namespace nnrun::host
