// A description of configs for editors: a JSON Schema of everything that the host and the loaded
// plugins read.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "loading/object.hpp"
namespace nnrun::host {

/// Returns a schema of draft 7 as JSON text. Settings, ranges and docs come from the classes and
/// the table of keys.
std::string config_schema(const Registry& registry);

/// Returns a value as JSON.
nlohmann::ordered_json json_of(const Value& value);

}  // namespace nnrun::host
