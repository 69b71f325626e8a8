// `accuracy < baseline - 0.01`: the condition of --fail-if.
#pragma once
#include <string>
#include <vector>

#include "comparison/plan.hpp"
#include "report/report.hpp"
namespace nnrun::host {

/// Throws UsageError if the plan has a condition that is none, or that nothing in it can meet or
/// miss. A condition: NAME, one of < <= > >= == !=, then numbers, `baseline`, + - * / and brackets.
/// NAME: cost, seconds or the metric that is compared, also of another part: `test.accuracy`.
void check_condition(const ComparisonPlan& plan);

/// Returns a sentence for every config whose means meet the condition or do not exist. The baseline
/// is such a config too, unless the condition compares with it.
std::vector<std::string> met_conditions(const std::string& text, const Report& report);

}  // namespace nnrun::host
