#include "cli/slurm_job.hpp"

#include <algorithm>

#include "base/commands.hpp"
#include "base/files.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_tasks = 100;

}  // namespace

std::string slurm_job(const ComparisonPlan& plan, const fs::path& folder, std::size_t tasks) {
  const std::size_t runs = plan.runs.size();
  const std::string count =
      std::to_string(std::min(runs, tasks > 0 ? tasks : std::min(runs, most_tasks)));
  const std::string where = fs::absolute(folder).lexically_normal().string();
  return "#!/bin/sh\n"
         "# Written by nnrun: trains the " +
         std::to_string(runs) + " runs of a sweep in " + count +
         " tasks. The one that ends last writes compare.html.\n"
         "# Submit it again after a failure: what is there is not trained again.\n"
         "#SBATCH --job-name=nnrun-sweep\n"
         "#SBATCH --array=1-" +
         count +
         "\n"
         "#SBATCH --ntasks=1\n"
         "#SBATCH --cpus-per-task=1\n"
         "#SBATCH --output=\"" +
         where +
         "/slurm-%a.log\"\n"
         "cd " +
         shell_word(fs::current_path().string()) +
         " || exit 1\n"
         "exec " +
         shell_word(program_file().string()) + " sweep --resume " + shell_word(where) +
         " --shard \"${SLURM_ARRAY_TASK_ID:?submit this file by sbatch}/" + count +
         "\" --jobs \"${SLURM_CPUS_PER_TASK:-1}\"\n";
}

}  // namespace nnrun::host
