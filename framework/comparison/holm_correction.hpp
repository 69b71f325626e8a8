// The correction of p-values for their number (Holm 1979).
#pragma once
#include <cstddef>
#include <optional>
#include <vector>
namespace nnrun::host {

/// Returns the corrected p-values. Missing ones stay missing.
std::vector<std::optional<double>> holm(const std::vector<std::optional<double>>& p);

}  // namespace nnrun::host
