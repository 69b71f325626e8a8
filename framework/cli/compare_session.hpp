// From a plan to its table and page: what compare and sweep share.
#pragma once
#include "cli/compare_options.hpp"
namespace nnrun::host {

/// Trains the runs that are missing in the folder of the plan, then writes and shows the results;
/// with --then, trains the best point of a sweep. Throws Interrupted if a signal arrived.
Exit run_comparison(const Arguments& arguments, Registry& registry, const ComparisonPlan& plan,
                    const std::filesystem::path& folder, const Shard& shard = {});

/// Resumes the comparison or the sweep in the folder of --resume.
Exit resume_comparison(const Arguments& arguments, Registry& registry, const std::string& kind);

/// Writes on stderr what the configs are warned of: with --quiet, too, but not with --json.
void say_warnings(const Arguments& arguments, const ComparisonPlan& plan);
/// Creates a numbered folder below runs/<kind>, or the one of --out.
std::filesystem::path new_folder(const Arguments& arguments, const std::string& kind);
/// Returns the folder of --out, which processes that train parts of a comparison share: it may
/// exist, from another part, or from this one before. Throws RecordError if it is something else.
std::filesystem::path shared_folder(const Arguments& arguments, const std::string& what);
/// Returns what --shard asks for. Throws UsageError without --out.
Shard asked_shard(const Arguments& arguments, const std::string& kind);

}  // namespace nnrun::host
