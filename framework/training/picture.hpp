// What the numbers of a run look like: measured once, when one of them is not finite.
#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "network/workspace.hpp"
#include "training/data.hpp"
namespace nnrun::host {

/// The largest magnitude in rows of numbers, and the column that has it.
struct Extreme {
  double size = 0;
  std::size_t column = 0;
};

/// One flat vector, parameters or gradient. Sizes are magnitudes of the numbers that are finite.
struct VectorPicture {
  double largest = 0, norm = 0;
  const NamedBlock* largest_in = nullptr;  ///< nullptr: all finite numbers are 0
  std::size_t count = 0, not_finite = 0;
  const NamedBlock* first_not_finite = nullptr;
};

/// The outputs of a layer. Sizes are magnitudes of the numbers that are finite.
struct LayerPicture {
  const Node* node;
  double before = 0, after = 0;  ///< the largest before and after the activation
  double from = 0, to = 0;       ///< the lowest and the highest finite number before it
  double slope = 0;              ///< the largest of both; before it where that works in place
  double saturated = 0;  ///< share of outputs within a thousandth of a limit of the activation
  double dead = 0;       ///< share of units that no example raises above the only limit
};

struct Picture {
  std::vector<NamedBlock> blocks;  ///< those of the two vectors
  VectorPicture parameters, gradient;
  Extreme input, target;             ///< of the training part
  std::vector<LayerPicture> layers;  ///< of the batch, in graph order
  double lowest = 0, highest = 0;    ///< outputs of the rows whose cost is not finite, or of all
  bool has_exact_limit = false;      ///< one of these outputs is exactly 0 or 1
};

inline double share_of(std::size_t some, std::size_t all) {
  return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
}

/// Returns the larger of a size and that of x, if x is finite.
template <class T>
double larger(double size, T x) {
  const double own = std::abs(static_cast<double>(x));
  return std::isfinite(own) ? std::max(size, own) : size;
}

template <class T>
Extreme extreme_of(std::span<const T> rows, std::size_t cols) {
  Extreme found;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (const double size = std::abs(static_cast<double>(rows[i])); size > found.size)
      found = {size, i % cols};
  return found;
}

/// Keeps pointers into blocks.
template <class T>
VectorPicture picture_of(const std::vector<NamedBlock>& blocks, const T* numbers) {
  VectorPicture picture;
  double scale = 0, squares = 0;  // of numbers / scale, so that no square overflows
  for (const NamedBlock& block : blocks)
    for_each_element(block, [&](std::size_t i, std::size_t) {
      const double size = std::abs(static_cast<double>(numbers[i]));
      ++picture.count;
      if (!std::isfinite(size)) {
        if (picture.not_finite++ == 0) picture.first_not_finite = &block;
        return;
      }
      if (size > scale) {
        squares = squares * (scale / size) * (scale / size) + 1;
        scale = size;
        picture.largest_in = &block;
      } else if (size > 0) {
        squares += (size / scale) * (size / scale);
      }
    });
  picture.largest = scale;
  picture.norm = scale * std::sqrt(squares);
  return picture;
}

/// Returns what the blocks of a batch hold of layer k.
template <class T>
LayerPicture picture_of(std::span<const Pass<T>> blocks, std::size_t k) {
  const Node& node = *blocks.front().steps()[k].node;
  LayerPicture picture{.node = &node};
  nnrun_range range{};
  if (node.activation) {
    const auto& table = node.activation.functions<nnrun_activation>();
    // shares of one whole are near 0 and 1 where they are sure, not where they cannot learn
    if ((table.flags & NNRUN_SUMS_TO_ONE) == 0) range = declared(table, &nnrun_activation::outputs);
  }
  const bool closed = range.low < range.high && std::isfinite(range.high - range.low);
  const bool open_above = std::isfinite(range.low) && range.high > range.low && !closed;
  const double near = 1e-3 * (range.high - range.low);
  std::vector<bool> alive(node.cols);
  std::size_t count = 0, saturated = 0;
  bool is_first = true;
  for (const Pass<T>& block : blocks) {
    const typename Pass<T>::Step& s = block.steps()[k];
    const std::size_t n = s.call.rows * node.cols;
    block.look_before_activation(s, [&](const T* before) {
      for (std::size_t i = 0; i < n; ++i) {
        const double z = static_cast<double>(before[i]);
        if (!std::isfinite(z)) continue;
        picture.before = larger(picture.before, z);
        picture.from = is_first ? z : std::min(picture.from, z);
        picture.to = is_first ? z : std::max(picture.to, z);
        is_first = false;
      }
    });
    for (std::size_t i = 0; i < n; ++i) {
      const double a = static_cast<double>(s.a[i]);
      picture.after = larger(picture.after, a);
      if (s.has_slope) picture.slope = larger(larger(picture.slope, s.dz[i]), s.da[i]);
      if (a <= range.low + near || a >= range.high - near) ++saturated;
      if (!(a <= range.low)) alive[i % node.cols] = true;
    }
    count += n;
  }
  if (closed) picture.saturated = share_of(saturated, count);
  // of a few examples, it is normal that a unit is raised by none
  if (open_above && count >= 10 * node.cols)
    picture.dead = share_of(static_cast<std::size_t>(std::ranges::count(alive, false)), node.cols);
  return picture;
}

}  // namespace nnrun::host
