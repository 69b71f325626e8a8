// What `nnrun check` tells of a library: a table of laws, or one object of JSON.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "checking/inspection.hpp"
#include "cli/terminal.hpp"
namespace nnrun::host {

std::string text_of(const CheckedLibrary& library, const Terminal& terminal);
nlohmann::ordered_json json_of(const CheckedLibrary& library);

}  // namespace nnrun::host
