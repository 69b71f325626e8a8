// A comparison as people and other programs read it.
#pragma once
#include <string>

#include "cli/terminal.hpp"
#include "report/report.hpp"
namespace nnrun::host {

/// Returns the table, what failed, the differences and the summary.
std::string comparison_text(const Report& report, const Terminal& terminal);
/// Returns a row for each run; fractions are of 1.
std::string comparison_csv(const Report& report);
/// Returns the table, for a README or a comment on a change.
std::string comparison_markdown(const Report& report);

}  // namespace nnrun::host
