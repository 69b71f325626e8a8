#include "cli/slurm_job.hpp"

#include <algorithm>

#include "base/commands.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_tasks = 100;

/// Returns a path as a line of #SBATCH has it in double quotes. Throws UsageError for what no such
/// line can hold.
std::string in_sbatch_line(const std::string& path) {
  std::string text;
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < ' ')
      throw UsageError(Problem{.what = "a job cannot name a folder with a control character in it",
                               .hint = "name another one with --out"});
    if (c == '%') text += '%';
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

std::string slurm_job(const ComparisonPlan& plan, const fs::path& folder, std::size_t tasks) {
  const std::size_t runs = plan.runs.size();
  const std::string count =
      std::to_string(std::min(runs, tasks > 0 ? tasks : std::min(runs, most_tasks)));
  const std::string where = fs::absolute(folder).lexically_normal().string();
  in_sbatch_line(fs::current_path().string());
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
         in_sbatch_line(where) +
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
