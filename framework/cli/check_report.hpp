// What `nnrun check` says about a library: a table of laws, or one JSON object.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "checking/inspection.hpp"
#include "cli/terminal.hpp"
namespace nnrun::host {

std::string text_of(const CheckedLibrary& library, const Terminal& terminal);
nlohmann::ordered_json json_of(const CheckedLibrary& library);

}  // namespace nnrun::host
