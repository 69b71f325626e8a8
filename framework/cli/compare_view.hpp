// A comparison as people and other programs read it: made of the object, whoever made that.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/terminal.hpp"
namespace nnrun::host {

/// The table, what failed, the differences and the summary.
std::string comparison_text(const nlohmann::ordered_json& comparison, const Terminal& terminal);
/// A row for each run; fractions of 1.
std::string comparison_csv(const nlohmann::ordered_json& comparison);
/// The table, for a README or a comment on a change.
std::string comparison_markdown(const nlohmann::ordered_json& comparison);

}  // namespace nnrun::host
