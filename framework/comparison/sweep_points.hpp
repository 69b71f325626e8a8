// The points of a sweep.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

/// One point: a value for each key of the sweep, as YAML.
using SweepPoint = std::vector<std::pair<std::string, std::string>>;

/// Returns all combinations of the lists, the last key varying fastest; or, with `random`, that
/// many distinct points drawn from the seed. Throws ConfigError for more than 10,000.
std::vector<SweepPoint> sweep_points(const SweepSpec& sweep, std::uint64_t seed);

/// Returns a name for each point that can be a folder's: `learning_rate_0.1-batch_size_10`.
std::vector<std::string> point_names(const std::vector<SweepPoint>& points);

}  // namespace nnrun::host
