#include "training/monitor.hpp"

#include <algorithm>

#include "base/did_you_mean.hpp"
#include "config/metric_names.hpp"
namespace nnrun::host {
namespace {
constexpr const char* column_prefixes[] = {"train", "val", "test"};

/// Returns what to write instead of a name that nothing has.
std::string hint_for_monitored(const std::string& name, const std::vector<std::string>& known,
                               bool validated) {
  const std::string rest = name.starts_with("val.") ? name.substr(4) : "";
  if (validated || std::ranges::find(known, "train." + rest) == known.end())
    return did_you_mean(name, known);
  return "there are no examples to validate with: write data: {split: {validation: 0.15}}, or "
         "monitor 'train." +
         rest + "'";
}
}  // namespace

std::vector<std::string> monitored_names(const Experiment& experiment, const DataShape& data) {
  const std::vector<std::string> metrics = metric_names(experiment.metrics);
  std::vector<std::string> names;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    if (data.examples[part] == 0) continue;
    names.push_back(std::string(column_prefixes[part]) + ".cost");
    for (const std::string& metric : metrics)
      names.push_back(std::string(column_prefixes[part]) + "." + metric);
  }
  return names;
}

Monitor::Monitor(const Placed<std::string>& named, const Experiment& experiment,
                 const DataShape& data) {
  const bool validated = data.examples[NNRUN_VALIDATION] > 0;
  const std::string name =
      named.value.empty() ? (validated ? "val.cost" : "train.cost") : named.value;
  const std::vector<std::string> known = monitored_names(experiment, data);
  if (std::ranges::find(known, name) == known.end())
    throw ConfigError(Problem{.what = "there is no '" + name + "' to monitor",
                              .place = named.place,
                              .hint = hint_for_monitored(name, known, validated)});
  const std::size_t dot = name.find('.');
  while (name.substr(0, dot) != column_prefixes[part_]) ++part_;
  const std::vector<std::string> metrics = metric_names(experiment.metrics);
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const Class& metric = *experiment.metrics[i].plugin;
    if (metrics[i] != name.substr(dot + 1)) continue;
    metric_ = static_cast<int>(i);
    higher_is_better_ = functions_of<nnrun_metric>(metric).flags & NNRUN_HIGHER_IS_BETTER;
  }
}

double Monitor::value_of(const EpochReport& report) const {
  const Score& score = *report.score(part_);
  return metric_ < 0 ? score.cost : score.metrics[static_cast<std::size_t>(metric_)];
}

}  // namespace nnrun::host
