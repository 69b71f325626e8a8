// Values read strictly by type: a number is not taken for a text, nor a text for a number.
#pragma once
#include <optional>

#include "config/problems.hpp"
#include "config/tree.hpp"
#include "loading/object.hpp"
namespace nnrun::host {

/// Returns the value of a setting, checked against its type, range and choices. If it does not fit,
/// reports why and returns nothing.
std::optional<Value> read_value(const ConfigNode& node, const nnrun_setting& setting,
                                Problems& problems);

/// Returns whether a text is 1 to 100 letters, digits and characters of `others`.
bool is_simple_name(std::string_view text, std::string_view others);

}  // namespace nnrun::host
