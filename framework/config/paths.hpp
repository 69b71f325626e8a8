// Paths that a config writes: relative to the file that says them, with ${NAME} expanded.
#pragma once
#include <filesystem>
#include <optional>

#include "config/tree.hpp"
namespace nnrun::host {

/// The name of the source of every `--set PATH=VALUE`.
inline constexpr std::string_view command_line = "--set";

/// The text of a scalar with ${NAME} and ${NAME:-default} replaced from the environment; $${ is a
/// plain ${. Where a name is not set, reports it and returns nothing.
std::optional<std::string> expanded(const ConfigNode& scalar, Problems& problems);
/// The inverse: `expanded` turns the result back into this text.
std::string unexpanded(std::string text);

/// Absolute and normal. Relative paths start at the folder of the file of `place`, those of the
/// command line at the current folder.
std::filesystem::path absolute_path(const std::string& text, const Place& place);

}  // namespace nnrun::host
