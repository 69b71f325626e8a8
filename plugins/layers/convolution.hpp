// Filters that move over images: y[i, j, o] = b[o] + Σ w[o, c, k, l] · x[i s + k, j s + l, c].
//
// Channels come last, so that a window's row is one run of numbers and the outputs of a pixel lie
// in lanes. In memory the weights are (k, l, c) × filters, each row padded to whole lanes, as
// dense's; files hold filters × channels × height × width. Forward and both gradients are one
// product (gathered_product.hpp): forward gathers the windows of an image; the slopes of inputs,
// for each pixel, the outputs that saw it; those of weights, for each weight, what it was
// multiplied with. So every output is one sum in the order (k, l, c), the slope of every input one
// in the order of the outputs and filters, and that of every weight one for each bundle of pixels,
// the bundles added in order: no cut of rows, tiles or vectors shows in a bit. Where there are few
// filters or channels, some pixels side by side are one with several times as many: `together`.
#pragma once
#include <bit>
#include <numeric>

#include "gathered_product.hpp"
#include "windows.hpp"

namespace convolution {
/// Throws if groups do not cut the filters.
inline void require_groups(std::int64_t filters, std::int64_t groups) {
  if (filters % groups != 0)
    throw nnrun::Error("'filters' must be a multiple of 'groups', and " + std::to_string(filters) +
                       " is not one of " + std::to_string(groups));
}
/// Throws if groups do not cut the channels of an input.
inline void require_groups(const std::string& layer, std::size_t channels, std::size_t groups) {
  if (channels % groups != 0)
    throw nnrun::Error(layer + " cannot cut " + std::to_string(channels) + " channels into " +
                           std::to_string(groups) + " groups",
                       "", "'groups' must divide the channels of the input, and 'filters'");
}
}  // namespace convolution

/// The sizes of a convolution, all that is known before the numbers.
struct Convolution {
  using size_t = std::size_t;
  using ptrdiff_t = std::ptrdiff_t;
  windows::Axis y, x;
  size_t channels, filters, groups;
  bool bias;

  size_t group_channels() const { return channels / groups; }
  size_t group_filters() const { return filters / groups; }
  /// Weights of a filter.
  size_t taps() const { return y.window * x.window * group_channels(); }
  /// Numbers from the weights of one tap to the next.
  size_t stride() const { return nnrun::padded(filters); }
  size_t pixels() const { return y.out * x.out; }
  /// Images whose slopes are summed at once: a short sum costs more to store than to make.
  size_t images() const { return std::max<size_t>(1, 256 / pixels()); }

  bool pads() const { return y.pads() || x.pads(); }
  /// Numbers of a row of pixels, and of an image; between zeros where windows reach over its edge.
  size_t line() const { return x.extent() * channels; }
  size_t image() const {
    const size_t n = y.extent() * line();
    return pads() ? nnrun::padded(n) : n;
  }
  /// Whether a row of a window is one run of numbers.
  bool in_runs() const { return groups == 1 && x.dilation == 1; }

  /// Returns how many pixels side by side, of so many in a row, are best worked out as one with so
  /// many times the columns, in vectors of `lanes`: their windows overlap, so that few columns fill
  /// registers for little more work. Where the window of one lacks a place of the common one, it
  /// has weights of 0 there, which change no sum of finite numbers; an infinite one would make it
  /// NaN.
  size_t together(size_t pixels, size_t columns, size_t lanes) const {
    const auto work = [&](size_t n) {  // of a row of the window, for four pixels
      return (n * columns + lanes - 1) / lanes * (x.window + n - 1) * (4 / n);
    };
    size_t best = 1;
    for (const size_t n : {2u, 4u})
      if (may_be_together(n * columns) && pixels % n == 0 && n * columns <= 2 * lanes &&
          6 * work(n) <= 5 * work(best))  // more weights have to be packed
        best = n;
    return best;
  }
  bool may_be_together(size_t columns) const {
    return in_runs() && x.stride == 1 && columns <= gathered::widest_panel;
  }

  /// Numbers of the packed weights of one group, in rows of whole panels, for as many pixels side
  /// by side as there may be.
  size_t packed(size_t depth, size_t columns) const {
    size_t most = 0;
    for (const size_t n : {1u, 2u, 4u}) {
      if (n > 1 && !may_be_together(n * columns)) break;
      const size_t row = std::bit_ceil(nnrun::padded(n * columns)), panel = gathered::widest_panel,
                   whole = (n * columns + panel - 1) / panel * panel;
      most = std::max(most, y.window * (x.window + n - 1) * depth * std::min(row, whole));
    }
    return most;
  }
  size_t packed_forward() const { return packed(group_channels(), group_filters()); }
  size_t packed_backward() const { return packed(group_filters(), group_channels()); }

  /// Rows of outputs that stay near, in so many numbers, while all weights pass over them.
  size_t strip(size_t near) const {
    return std::max<size_t>(1, near / (x.out * filters + y.stride * line()));
  }
  /// Returns whether pixels, in numbers of so many bytes, are far enough apart for a copy of their
  /// slopes, and have more columns than the narrowest kernel takes at once.
  bool may_pack_slopes(size_t bytes) const { return filters * bytes >= 512 && group_filters() > 4; }
  /// Returns how many numbers such a copy of a bundle of pixels has, in whole panels.
  size_t packed_slopes() const {
    if (!may_pack_slopes(sizeof(double))) return 0;
    constexpr size_t panel = gathered::widest_panel, near = 65536;
    return images() * std::min(strip(near), y.out) * x.out *
           ((group_filters() + panel - 1) / panel * panel);
  }

  void plan(nnrun_plan& p) const {
    require_possible();
    const size_t window = y.window * x.window, fan_in = taps(), fan_out = window * filters,
                 weights = taps() * stride();
    p.out = {3, {y.out, x.out, filters}};
    p.forgets_outputs = 1;
    p.free_cuts = 1;  // one chain per number, see gathered_product.hpp
    p.blocks[0] = {
        "weights",
        NNRUN_WEIGHTS,
        {4, {filters, group_channels(), y.window, x.window}},
        {1, stride(), x.window * group_channels() * stride(), group_channels() * stride()},
        0,
        fan_in,
        fan_out,
        0};
    p.blocks[1] = {"bias", NNRUN_BIAS, {1, {filters}}, {1}, weights, fan_in, fan_out, 0};
    p.n_blocks = bias ? 2 : 1;
    p.n_parameters = weights + (bias ? stride() : 0);
    p.kept_per_row = pads() ? image() : 0;
    p.scratch = std::max(packed_slopes(), gathered::widest_panel +
                                              std::max(groups * packed_forward() + p.kept_per_row,
                                                       groups * packed_backward()));
    p.work_per_row = pixels() * taps() * filters;
  }

 private:
  /// Throws where a product of sizes would not fit into 64 bits.
  void require_possible() const {
    const auto of = [](auto... sizes) { return (static_cast<double>(sizes) * ...); };
    const double weights = of(y.window, x.window, group_channels() + 16, filters + 16),
                 outputs = of(y.out, x.out, filters),
                 padded_image = of(y.extent(), x.extent(), channels);
    const auto text = [](auto... sizes) {
      std::string all;
      ((all += (all.empty() ? "" : " x ") + std::to_string(sizes)), ...);
      return all;
    };
    constexpr double most = 0x1p40;
    if (weights > most)
      throw nnrun::Error("weights of " + text(filters, group_channels(), y.window, x.window) +
                         " are impossible");
    if (outputs * static_cast<double>(taps()) > 0x1p62)
      throw nnrun::Error("an output of " + text(y.out, x.out, filters) + " is impossible");
    if (padded_image > most)
      throw nnrun::Error("an image of " + text(y.extent(), x.extent(), channels) +
                         ", with the zeros around it, is impossible");
  }
};
