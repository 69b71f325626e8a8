// A sweep as a job of the scheduler Slurm.
#pragma once
#include <filesystem>
#include <string>

#include "comparison/plan.hpp"
namespace nnrun::host {

/// Returns a script for sbatch whose tasks train the runs of a sweep that is planned in this
/// folder: tasks 0: one for each run, at most 100. The task that ends last collects the results.
std::string slurm_job(const ComparisonPlan& plan, const std::filesystem::path& folder,
                      std::size_t tasks);

}  // namespace nnrun::host
