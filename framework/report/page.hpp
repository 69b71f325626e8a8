// The page that a comparison, a sweep or a run leaves: one file that needs nothing else.
#pragma once
#include <string>

#include "report/report.hpp"
namespace nnrun::host {

/// HTML with its style, its script and the report in it. Curves keep as many points as make a file
/// of some megabytes, planes those of the first ten seeds.
std::string page_of(Report report);

}  // namespace nnrun::host
