// The correction of p-values for how many of them there are (Holm 1979).
#pragma once
#include <cstddef>
#include <optional>
#include <vector>
namespace nnrun::host {

/// Returns each p as it counts beside the others. Those that are not there stay so.
std::vector<std::optional<double>> holm(const std::vector<std::optional<double>>& p);

}  // namespace nnrun::host
