// What a library says of itself, checked before anybody believes it.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "loading/registry.hpp"
namespace nnrun::host {

/// Throws PluginError, calling the library `name`, unless its interface is one that we speak.
void require_interface(const nnrun_library& table, const std::string& name);

/// The classes of a library, every description checked. Throws PluginError.
std::vector<std::unique_ptr<Class>> classes_of(const std::shared_ptr<const Library>& library,
                                               const std::string& name);

}  // namespace nnrun::host
