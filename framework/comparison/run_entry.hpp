// What a comparison knows of one run: read from its folder, whoever trained it.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "comparison/plan.hpp"
namespace nnrun::host {

/// The run's entry of comparison.json: status, scores, times, curve, and `decision` where the
/// folder has one; status `missing` where there is no run.json. Throws RecordError for a broken
/// one.
nlohmann::ordered_json run_entry(const PlannedRun& run);

/// The value that is compared, or none.
std::optional<double> value_of(const nlohmann::ordered_json& entry, const std::string& part,
                               const std::string& metric);
/// Seconds of training, or none.
std::optional<double> training_seconds(const nlohmann::ordered_json& entry);

}  // namespace nnrun::host
