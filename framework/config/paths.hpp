// Paths in a config: relative to the file that they are written in, with ${NAME} expanded.
#pragma once
#include <filesystem>
#include <optional>

#include "config/problems.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

/// The name of the source of every `--set PATH=VALUE`.
inline constexpr std::string_view command_line = "--set";

/// Returns the text of a scalar with ${NAME} and ${NAME:-default} replaced from the environment;
/// $${ is a plain ${. If a name is not set, reports that and returns nothing.
std::optional<std::string> expanded(const ConfigNode& scalar, Problems& problems);
/// Returns the text that `expanded` turns into this one.
std::string unexpanded(std::string text);

/// Returns an absolute, normal path. Relative paths start at the folder of the file of `place`,
/// those of the command line at the current folder.
std::filesystem::path absolute_path(const std::string& text, const Place& place);

}  // namespace nnrun::host
