// `accuracy < baseline - 0.01`: the condition of --fail-if.
#pragma once
#include <string>
#include <vector>

#include "report/report.hpp"
namespace nnrun::host {

/// Throws UsageError if the text is not a condition: NAME, one of < <= > >= == !=, then numbers,
/// `baseline`, + - * / and brackets. NAME: cost, seconds or the metric that is compared, also
/// of another part: `test.accuracy`. fraction: this metric lies from 0 to 1, and a condition that
/// cannot be met or missed then is refused.
void check_condition(const std::string& text, const std::string& metric, bool fraction);

/// Returns a sentence for every config whose means meet the condition or do not exist. The baseline
/// is such a config too, unless the condition compares with it.
std::vector<std::string> met_conditions(const std::string& text, const Report& report);

}  // namespace nnrun::host
