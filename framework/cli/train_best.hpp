// The end of a sweep: the command that trains its best point, or that training itself (--then).
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "cli/arguments.hpp"
#include "comparison/best_point.hpp"
namespace nnrun::host {

/// Throws UsageError if --then has another value than train-best, or is given for a part of a
/// sweep.
void require_then(const Arguments& arguments);

/// Returns the command as one line for a shell.
std::string command_line(const BestPoint& best);

/// Trains the best point into a run of its own, and says what it scored. Returns the result.
nlohmann::ordered_json train_best(const Arguments& arguments, Registry& registry,
                                  const BestPoint& best, const Report& report);

}  // namespace nnrun::host
