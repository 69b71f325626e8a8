// From the runs of a plan to its report.
#pragma once
#include "comparison/plan.hpp"
#include "report/report.hpp"
namespace nnrun::host {

/// Reads the runs' folders. times: how times were measured, in words; page: the file of the page.
/// Rows are in the order of the plan, those of a sweep best first. Throws RecordError.
Report report_of(const ComparisonPlan& plan, const std::string& times, const std::string& page);

/// Returns the sentences of the summary. Nothing within the noise is called better, and p-values
/// are corrected for the number of comparisons (Holm).
std::vector<std::string> summary_of(const Report& report);

}  // namespace nnrun::host
