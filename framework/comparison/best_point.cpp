#include "comparison/best_point.hpp"

#include <algorithm>

#include "comparison/plan_fields.hpp"
#include "runs/run_folder.hpp"
namespace nnrun::host {
namespace {

/// Returns whether training ends, slows down or keeps its best epoch by the validation part, which
/// is what is watched where nothing is named.
bool watches_validation(const TrainSpec& train) {
  const auto is_validation = [](const Placed<std::string>& column) {
    return column.value.empty() || column.value.starts_with("val.");
  };
  return (train.early_stopping && is_validation(train.early_stopping->monitor)) ||
         (train.schedule.use && is_validation(train.schedule.monitor)) ||
         train.checkpoint.best.value.starts_with("val.");
}

}  // namespace

std::vector<std::string> BestPoint::command() const {
  std::vector<std::string> words{"nnrun", config.string()};
  for (const Override& change : overrides)
    words.insert(words.end(), {"--set", change.path + "=" + change.value});
  return words;
}

std::optional<BestPoint> best_point(const ComparisonPlan& plan, const Report& report,
                                    const std::filesystem::path& folder) {
  const auto best = std::ranges::find(plan.configs, report.baseline, &ComparedConfig::name);
  if (best == plan.configs.end() || !report.rows.front().metric.mean) return std::nullopt;
  const Experiment& experiment = best->experiment;
  const std::string name = safe_name(std::filesystem::path(best->file).stem().string()) + "-best";
  BestPoint point{config_file(folder, *best), {{"name", name}}};
  if (experiment.data.split.validation > 0 && !watches_validation(experiment.train))
    point.overrides.push_back({"data.split.validation", "0"});
  return point;
}

}  // namespace nnrun::host
