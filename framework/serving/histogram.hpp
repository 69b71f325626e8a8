// How often numbers fall into each of some ranges, as a page draws it.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "base/base64.hpp"
namespace nnrun::host {

/// Of bins from -most to most.
struct Histogram {
  static constexpr std::size_t bins = 32;
  double most = 0;
  std::vector<std::size_t> counts{};

  explicit Histogram(std::span<const float> numbers) : counts(bins) {
    for (const float x : numbers) most = std::max(most, std::abs(static_cast<double>(x)));
    for (const float x : numbers) {
      const double share = most > 0 ? 0.5 + 0.5 * static_cast<double>(x) / most : 0.5;
      ++counts[std::min(bins - 1, static_cast<std::size_t>(share * bins))];
    }
  }
  /// Returns the height of a bin as a byte.
  std::uint8_t height(std::size_t bin) const {
    const std::size_t highest = std::ranges::max(counts);
    return static_cast<std::uint8_t>(highest == 0 ? 0
                                                  : (255 * counts[bin] + highest / 2) / highest);
  }
  nlohmann::ordered_json json() const {
    std::vector<std::uint8_t> heights;
    for (std::size_t bin = 0; bin < bins; ++bin) heights.push_back(height(bin));
    return {{"most", most}, {"bins", base64(std::as_bytes(std::span(heights)))}};
  }
};

}  // namespace nnrun::host
