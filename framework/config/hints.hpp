// What people probably meant who know other tools, or the name of a key but not its place.
#pragma once
#include <span>
#include <string>
#include <string_view>
namespace nnrun::host {

/// Proposes an action for a key or a name that is not among the known ones; may be empty.
std::string hint_for(std::string_view written, std::span<const std::string> known);

}  // namespace nnrun::host
