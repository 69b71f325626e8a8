// JSON that somebody else may have written.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string_view>
namespace nnrun::host {

/// Returns the value of a text; a discarded one if the text is not JSON, has a number that no
/// double holds, or is nested more than 64 deep or has a map of over 10,000 keys, which code that
/// walks through it could not bear.
nlohmann::ordered_json parse_json(std::string_view text);

}  // namespace nnrun::host
