// What nodes of an ONNX file give, for import: values, whose axes may lie in another order than
// those of the layer that makes them, and constants.
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace nnrun::host {

inline constexpr double most_numbers = 0x1p31;  ///< that a layer gives

using Sizes = std::vector<std::size_t>;
using Whole = std::vector<std::int64_t>;

inline std::size_t product(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::size_t{1}, std::multiplies<>());
}

struct ImportedConstant {
  Sizes shape;
  std::vector<double> values;
};

/// What a node gives: the layer that makes it, and which size of the layer's output each axis is.
struct ImportedValue {
  static constexpr int rows = -1, one = -2;  ///< axes that the layer does not have
  std::string layer;
  Sizes shape;  ///< channels last
  std::vector<int> axes;

  int last() const { return static_cast<int>(shape.size()) - 1; }
  bool is_row() const { return shape.size() == 1; }
  /// Returns the axes of the layer's output in the file's order, without those of size 1.
  std::vector<int> order() const {
    std::vector<int> out;
    for (const int axis : axes)
      if (axis >= 0 && shape[static_cast<std::size_t>(axis)] != 1) out.push_back(axis);
    return out;
  }
  bool is_in_order() const {
    const std::vector<int> own = order();
    return std::ranges::is_sorted(own);
  }
  /// Returns whether its channels come first and the rest in order, as in images of PyTorch.
  bool has_channels_first() const {
    std::vector<int> own = order();
    if (own.empty() || own.front() != last()) return is_in_order();
    own.erase(own.begin());
    return std::ranges::is_sorted(own);
  }
  /// Returns whether axes are (rows, channels, height, width), each of them.
  bool is_image() const {
    if (axes.size() != shape.size() + 1 || shape.size() < 2 || axes[0] != rows || axes[1] != last())
      return false;
    for (std::size_t k = 2; k < axes.size(); ++k)
      if (axes[k] != static_cast<int>(k) - 2) return false;
    return true;
  }
};

inline std::vector<int> image_axes(std::size_t sizes) {
  std::vector<int> axes{ImportedValue::rows, static_cast<int>(sizes) - 1};
  for (std::size_t k = 0; k + 1 < sizes; ++k) axes.push_back(static_cast<int>(k));
  return axes;
}
inline std::vector<int> plain_axes(std::size_t sizes) {
  std::vector<int> axes{ImportedValue::rows};
  for (std::size_t k = 0; k < sizes; ++k) axes.push_back(static_cast<int>(k));
  return axes;
}

}  // namespace nnrun::host
