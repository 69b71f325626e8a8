// What was measured after each epoch, as the columns of metrics.csv.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::host {

struct CurveColumn {
  std::string name;
  std::vector<double> values;  ///< NaN if the number was not finite
};
/// The columns of metrics.csv except the step, all of one length.
using Curve = std::vector<CurveColumn>;

/// Return at most 200 points, evenly spaced, including the first and the last; no columns if there
/// is no file. read_curve throws RecordError with file and line for what is not a table of numbers.
Curve curve_of(const Outcome& outcome, const Experiment& experiment, const DataShape& data);
Curve read_curve(const std::filesystem::path& metrics_csv);

/// Returns at most `most` points of a curve.
Curve thinned(const Curve& curve, std::size_t most);

/// Returns {"epoch": [1, 2, …], "train.cost": […], …}, null for NaN. digits: how many a number
/// keeps; 0: all, and whole numbers stay whole.
nlohmann::ordered_json to_json(const Curve& curve, int digits);

}  // namespace nnrun::host
