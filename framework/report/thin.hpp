// Thins data to as many points and digits as a drawing shows.
#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <vector>
namespace nnrun::host {

/// Returns the indices of at most `most` of `count` things, evenly spaced, including the first and
/// the last.
std::vector<std::size_t> thinned(std::size_t count, std::size_t most);

/// Returns a number of this many digits; null if it is not finite.
nlohmann::ordered_json drawn(double x, int digits);

}  // namespace nnrun::host
