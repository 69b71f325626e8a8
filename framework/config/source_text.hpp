// The text of a config before it is parsed, and positions in it.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
namespace nnrun::host {

using SourcePtr = std::shared_ptr<const Source>;

/// Returns a text as Source holds it: without byte order mark, lines ending in \n.
std::string normalised(std::string text);

/// Throws ConfigError at the first thing that YAML readers would have to guess about: bytes that
/// are not UTF-8, control characters, tabs outside of comments, directives.
void refuse_bad_text(const SourcePtr& source);

Place place_at(const SourcePtr& source, std::size_t offset, std::size_t length = 1);
/// Returns the line that contains this byte, without its line break.
std::string_view line_at(std::string_view text, std::size_t offset);
/// Returns the character that this byte is part of.
std::string letter_at(std::string_view text, std::size_t offset);

[[noreturn]] void refuse(Place place, std::string what, std::string hint = {},
                         std::string label = {});

}  // namespace nnrun::host
