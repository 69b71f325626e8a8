// The page that a comparison, a sweep or a run leaves: one file that needs nothing else.
#pragma once
#include <string>

#include "report/report.hpp"
namespace nnrun::host {

/// Returns HTML that contains its style, its script and the report. Curves are thinned until the
/// file has a few megabytes; planes keep the first ten seeds.
std::string page_of(Report report);

}  // namespace nnrun::host
