// Scores by name, as in run.json and comparison.json.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runs/record_field.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

struct NamedScore {
  std::string name;                                   ///< `cost`, or a metric
  double value = 0;                                   ///< null in JSON if it is not finite
  std::vector<std::vector<std::int64_t>> table = {};  ///< rows, in place of a value; may be empty
};
using Scores = std::vector<NamedScore>;

Scores scores_of(const Score& score, const Experiment& experiment);

/// Returns {"cost": …, "accuracy": …}; a metric with a table gives an array of rows.
nlohmann::ordered_json to_json(const Scores& scores);
/// Returns {"f1": [0.5, null, 1]}, a number for each class; empty if no metric gives any.
nlohmann::ordered_json per_class_json(const Score& score, const Experiment& experiment);
/// Reads what to_json wrote. Throws RecordError for anything else.
Scores read_scores(const RecordField& field);

/// Returns a score if it is a finite number.
std::optional<double> value_of(const Scores& scores, std::string_view name);

}  // namespace nnrun::host
