// Configs described for editors: a JSON Schema of everything that the loaded plugins and the host
// read.
#pragma once
#include <string>

#include "loading/registry.hpp"
namespace nnrun::host {

/// A schema of draft 7, as JSON text. Settings, ranges and docs are the classes' own; the keys of
/// the host are listed here once more, and a test compares them with what the reader knows.
std::string config_schema(const Registry& registry);

}  // namespace nnrun::host
