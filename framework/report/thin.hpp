// Only as many points and digits as a drawing shows.
#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <vector>
namespace nnrun::host {

/// Indices of at most `most` of `count` things, evenly spaced, the first and the last included.
std::vector<std::size_t> thinned(std::size_t count, std::size_t most);

/// A number of so many digits; null where it is not finite.
nlohmann::ordered_json drawn(double x, int digits);

}  // namespace nnrun::host
