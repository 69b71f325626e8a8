// What people who know other tools, or a key's name but not its place, probably meant.
#pragma once
#include <span>
#include <string>
#include <string_view>
namespace nnrun::host {

/// Proposes an action for a key or a name that is not among the known ones; may be empty.
std::string hint_for(std::string_view written, std::span<const std::string> known);

}  // namespace nnrun::host
