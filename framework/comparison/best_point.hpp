// What comes after a sweep: its best point, trained on everything that there is to train on.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "comparison/plan.hpp"
#include "report/report.hpp"
namespace nnrun::host {

/// A config that a sweep wrote, with what is changed in it for the last training.
struct BestPoint {
  std::filesystem::path config;
  std::vector<Override> overrides;
  /// Returns `nnrun CONFIG --set …`, word by word.
  std::vector<std::string> command() const;
};

/// Returns the point that the report names as the best; nothing if no point has a score. No fold is
/// held out any more, and no examples to choose by, unless training itself watches them.
std::optional<BestPoint> best_point(const ComparisonPlan& plan, const Report& report,
                                    const std::filesystem::path& folder);

}  // namespace nnrun::host
