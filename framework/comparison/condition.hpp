// `accuracy < baseline - 0.01`: the condition of --fail-if.
#pragma once
#include <string>
#include <vector>

#include "report/report.hpp"
namespace nnrun::host {

/// Throws UsageError if the text is not a condition: NAME, one of < <= > >= == !=, then numbers,
/// `baseline`, + - * / and brackets. NAME: cost, seconds or the metric that is compared.
void check_condition(const std::string& text, const std::string& metric);

/// Returns a sentence for every config but the baseline whose means meet the condition or do not
/// exist.
std::vector<std::string> met_conditions(const std::string& text, const Report& report);

}  // namespace nnrun::host
