// Runs beside each other must have been made from the same data and libraries.
#pragma once
#include <string>
#include <vector>

#include "comparison/plan.hpp"
#include "report/report.hpp"
namespace nnrun::host {

/// Throws RecordError if the mean of a row would be over runs on other data or with other
/// libraries, or if rows that should have the same data do not. Returns a sentence for each library
/// that is another one in other rows of recorded runs.
std::vector<std::string> require_same_sources(const ComparisonPlan& plan,
                                              const std::vector<ReportRow>& rows);

}  // namespace nnrun::host
