// A run as recorded in its folder, on whatever machine it was trained.
#pragma once
#include <filesystem>

#include "report/report.hpp"
namespace nnrun::host {

/// Returns a run with status `missing` if there is no run.json. Throws RecordError for a file that
/// is not what a run writes. seed: the seed of the run.
ReportRun read_run(const std::filesystem::path& folder, std::uint64_t seed);

}  // namespace nnrun::host
