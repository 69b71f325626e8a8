// From a plan to its table and page: what compare and sweep share.
#pragma once
#include "cli/arguments.hpp"
#include "comparison/plan.hpp"
namespace nnrun::host {

/// 10: from 1 to 10; 3,7: those. Throws UsageError.
std::vector<std::uint64_t> seeds_of(const std::string& text);

/// `examples`, `examples=20000`, `seconds=2`, `epochs`.
CommonLength length_of(const std::string& text);

/// --metric, --timeout, --fail-if and the command line, into the plan.
void take_options(const Arguments& arguments, ComparisonPlan& plan);

/// Part `index` of `count`: runs index, index + count, …
struct Shard {
  std::size_t index = 0, count = 1;
};
Shard shard_of(const std::string& text);

/// Trains what is missing in the folder of the plan, then writes and shows what came of it. Throws
/// Interrupted where a signal came.
Exit run_comparison(const Arguments& arguments, const ComparisonPlan& plan,
                    const std::filesystem::path& folder, const Shard& shard = {});

/// Goes on with the comparison or the sweep of --resume.
Exit resume_comparison(const Arguments& arguments, Registry& registry, const std::string& kind);

/// A numbered folder below runs/<kind>, or the one of --out.
std::filesystem::path new_folder(const Arguments& arguments, const std::string& kind);

}  // namespace nnrun::host
