// A run as the object that its page is made of, and the parts of it that a comparison shares.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "records/run_record.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// The columns of metrics.csv but the step, each a list of numbers over the epochs, null where a
/// number is not finite: at most 200 points, evenly spaced, the first and the last among them.
nlohmann::ordered_json curve_json(const Outcome& outcome, const Experiment& experiment,
                                  const DataShape& data);

/// The first output over the plane of two inputs, 40 by 40, top row first, as the trainer's
/// parameters are now; null for a network of other than two inputs.
nlohmann::ordered_json decision_json(Trainer& trainer, std::uint64_t seed);

/// What comparison_page takes, for one run.
nlohmann::ordered_json run_object(const RunResult& result,
                                  const std::vector<std::string>& command_line,
                                  const Experiment& experiment, Trainer& trainer);

}  // namespace nnrun::host
