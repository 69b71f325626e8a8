// Values of a declared type, read strictly: no number is a text, no text is a number.
#pragma once
#include <optional>

#include "config/tree.hpp"
#include "loading/object.hpp"
namespace nnrun::host {

/// The value of a setting as written, checked against its type, range and choices.
/// Nothing, after complaining, where it does not fit.
std::optional<Value> read_value(const ConfigNode& node, const nnrun_setting& setting,
                                Problems& problems);

// The host's own keys are described in the way of a plugin's settings.
nnrun_setting true_or_false(const char* name);
nnrun_setting whole_number(const char* name, double min);
nnrun_setting text(const char* name);

}  // namespace nnrun::host
