// What `nnrun plugins` tells of classes and their libraries.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/terminal.hpp"
#include "loading/registry.hpp"
namespace nnrun::host {

nlohmann::ordered_json json_of(const Class& c);
nlohmann::ordered_json json_of(const Library& library);

/// Rows of cells, aligned and indented.
std::string table_text(const std::vector<std::vector<std::string>>& rows);
/// Sha-256, version, interface and compiler; a warning where it was not optimized.
std::string library_lines(const Library& library);
/// A line per library.
std::string libraries_text(const Registry& registry, const Terminal& terminal);
/// Kind, name and what it is.
std::string class_title(const Class& c, const Terminal& terminal);
/// Its settings, and its curve where it is one: runs its code.
std::string class_text(const Class& c, const Terminal& terminal);
/// Every class in Markdown.
std::string reference_text(const Registry& registry);

}  // namespace nnrun::host
