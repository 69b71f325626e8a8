// `accuracy < baseline - 0.01`: what a comparison is not to come to, for scripts.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>
namespace nnrun::host {

/// Throws UsageError where the text is no condition: NAME, one of < <= > >= == !=, then numbers,
/// `baseline`, + - * / and brackets. NAME: cost, seconds or the metric that is compared.
void check_condition(const std::string& text, const std::string& metric);

/// A sentence for every config, the baseline apart, whose means meet the condition, or have none.
std::vector<std::string> met_conditions(const std::string& text,
                                        const nlohmann::ordered_json& comparison);

}  // namespace nnrun::host
