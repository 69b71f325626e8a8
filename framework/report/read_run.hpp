// A run as its folder tells it, whoever trained it.
#pragma once
#include <filesystem>

#include "report/report.hpp"
namespace nnrun::host {

/// Status `missing` where there is no run.json. Throws RecordError for a file that is not what a
/// run writes. seed: of the run.
ReportRun read_run(const std::filesystem::path& folder, std::uint64_t seed);

}  // namespace nnrun::host
