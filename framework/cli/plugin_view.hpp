// What `nnrun plugins` says about classes and their libraries.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/terminal.hpp"
#include "loading/registry.hpp"
namespace nnrun::host {

nlohmann::ordered_json json_of(const Class& c);
nlohmann::ordered_json json_of(const Library& library);

/// Returns rows of cells, aligned and indented.
std::string table_text(const std::vector<std::vector<std::string>>& rows);
/// Returns SHA-256, version, interface and compiler, with a warning if it was not optimised.
std::string library_lines(const Library& library);
/// Returns a line per library.
std::string libraries_text(const Registry& registry, const Terminal& terminal);
/// Returns kind, name and description.
std::string class_title(const Class& c, const Terminal& terminal);
/// Returns the settings of a class and the curve of a function, for which it runs the plugin's
/// code.
std::string class_text(const Class& c, const Terminal& terminal);
/// Returns every class in Markdown.
std::string reference_text(const Registry& registry);

}  // namespace nnrun::host
