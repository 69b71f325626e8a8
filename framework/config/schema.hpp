// Configs described for editors: a JSON Schema of everything that the loaded plugins and the host
// read.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "loading/object.hpp"
namespace nnrun::host {

/// A schema of draft 7, as JSON text. Settings, ranges and docs are the classes' own, and those of
/// the table of keys.
std::string config_schema(const Registry& registry);

/// A value as JSON says it.
nlohmann::ordered_json json_of(const Value& value);

}  // namespace nnrun::host
