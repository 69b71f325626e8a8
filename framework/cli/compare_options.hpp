// The options that compare and sweep share. All throw UsageError for values that make no sense.
#pragma once
#include "cli/arguments.hpp"
#include "comparison/plan.hpp"
namespace nnrun::host {

/// Returns 1 to 10 for `10`, and 3 and 7 for `3,7`.
std::vector<std::uint64_t> seeds_of(const std::string& text);

/// Takes a number of folds, at least 2.
std::size_t folds_of(const std::string& text);

/// Takes `examples`, `examples=20000`, `seconds=2` or `epochs`.
CommonLength length_of(const std::string& text);

/// Writes --metric, --timeout, --fail-if and the command line into the plan.
void read_options(const Arguments& arguments, ComparisonPlan& plan);

/// Part `index` of `count`: runs index, index + count, …
struct Shard {
  std::size_t index = 0, count = 1;
};
Shard shard_of(const std::string& text);

/// Returns --jobs, or as many as the machine has processors; one with --time.
unsigned jobs_of(const Arguments& arguments);

}  // namespace nnrun::host
