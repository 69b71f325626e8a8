// The comparison as one object: comparison.json, from which table, page and verdicts are made.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "comparison/plan.hpp"
namespace nnrun::host {

/// From the runs' folders. times: how they were taken, in words; page: the file, or empty.
nlohmann::ordered_json comparison_of(const ComparisonPlan& plan, const std::string& times,
                                     const std::string& page);

/// The sentences: nothing is called better within the noise, and several comparisons are corrected
/// for (Holm). adjective: of the metric, `accurate` for "more accurate"; empty: "better".
std::vector<std::string> summary_of(const nlohmann::ordered_json& comparison,
                                    const std::string& adjective);

/// The upper part, which `--json` prints: without curves and decision maps.
nlohmann::ordered_json without_drawings(nlohmann::ordered_json comparison);

/// comparison.json, in place of an earlier one.
void write_comparison(const nlohmann::ordered_json& comparison,
                      const std::filesystem::path& folder);

}  // namespace nnrun::host
