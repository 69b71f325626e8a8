// What the metrics of a config are called: in files, in terminals, in `best: val.NAME`.
#pragma once
#include "loading/object.hpp"
namespace nnrun::host {

/// Returns a name for each metric: that of its class, and where there are several of one class, the
/// settings in which they differ, as in `top_k_accuracy(k=2)`. A default that a config cannot
/// write is left out.
std::vector<std::string> metric_names(const std::vector<Use>& metrics);

/// Returns the settings of a metric that are not those of its class by default: `average=macro`.
std::string settings_text(const Use& metric);

}  // namespace nnrun::host
