// Windows that move over an image of height × width × channels: their settings, sizes and borders.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>

#include "shapes.hpp"

namespace windows {
using std::size_t;

inline constexpr const char* paddings[] = {"valid", "same"};
inline constexpr double one[] = {1}, two[] = {2};
inline constexpr double largest = 4096;
/// What a setting of sizes accepts.
inline constexpr nnrun::Accepts sizes{.min = 1, .max = largest, .lone_number = true};
inline constexpr nnrun::Accepts required_sizes{
    .min = 1, .max = largest, .required = true, .lone_number = true};

/// One size for each side of an image.
struct Sides {
  size_t y = 1, x = 1;
};
/// Returns what a setting says: one number for both sides, or height and width.
inline Sides sides_of(std::span<const double> given, const std::string& setting) {
  if (given.empty() || given.size() > 2)
    throw nnrun::Error("'" + setting + "' takes one number, or two, for height and width, not " +
                       std::to_string(given.size()));
  for (const double size : given)
    if (size != std::floor(size)) throw nnrun::Error("'" + setting + "' takes whole numbers only");
  return {static_cast<size_t>(given.front()), static_cast<size_t>(given.back())};
}
inline bool is_same(const char* padding) {
  return std::strcmp(padding, "same") == 0;
}

/// Windows along one side. `same`: as many as inputs / stride, rounded up; they reach over the
/// edges, by one more behind than before where the number is odd, as in Keras.
struct Axis {
  size_t in, window, stride, dilation, out, before;

  Axis(size_t inputs, size_t size, size_t step, size_t spread, bool same)
      : in(inputs), window(size), stride(step), dilation(spread), out(0), before(0) {
    if (same)
      out = (in + stride - 1) / stride;
    else if (in >= reach())
      out = (in - reach()) / stride + 1;
    if (same && span() > in) before = (span() - in) / 2;
  }
  /// Returns from the first to the last input of a window.
  size_t reach() const { return (window - 1) * dilation + 1; }
  /// Returns from the first input of the first window to the last of the last one.
  size_t span() const { return (out - 1) * stride + reach(); }
  /// Returns the inputs and the zeros around them that the windows need.
  size_t extent() const { return std::max(before + in, span()); }
  bool pads() const { return extent() > in; }
  /// Moves the windows so that each ends at an input of its own: none sees what comes later.
  void look_back() { before = reach() - 1; }

  struct Range {
    size_t from, n;
  };
  /// Returns what of a window lies in the image; for windows without dilation.
  NNRUN_INLINE Range inside(size_t i) const {
    const size_t begin = i * stride, from = begin < before ? 0 : begin - before;
    return {from, std::min(in, begin + window - before) - from};
  }
};

/// Returns a hint for an input that is not an image.
inline std::string how_to_give_an_image(const nnrun_shape& in) {
  const size_t n = nnrun::size_of(in);
  std::string shape = "[height, width, channels]";
  if (in.rank == 2)
    shape = "[" + std::to_string(in.sizes[0]) + ", " + std::to_string(in.sizes[1]) + ", 1]";
  for (const size_t channels : {1u, 3u})
    if (const auto side = static_cast<size_t>(std::sqrt(static_cast<double>(n / channels)));
        in.rank != 2 && side > 1 && side * side * channels == n)
      shape = "[" + std::to_string(side) + ", " + std::to_string(side) + ", " +
              std::to_string(channels) + "]";
  return "put {type: reshape, shape: " + shape +
         "} before it, or, if it is the first layer, write 'input: " + shape + "' below model";
}
inline void require_image(const nnrun_plan& p, const std::string& layer) {
  shapes::require_one_input(p, layer);
  if (p.in[0].rank != 3)
    throw nnrun::Error(
        layer + " takes images of height x width x channels, not " + shapes::text(p.in[0]), "",
        how_to_give_an_image(p.in[0]));
}
inline void require_sequence(const nnrun_plan& p, const std::string& layer) {
  shapes::require_one_input(p, layer);
  if (p.in[0].rank == 2) return;
  throw nnrun::Error(
      layer + " takes sequences of steps x channels, not " + shapes::text(p.in[0]), "",
      p.in[0].rank == 1 ? shapes::how_to_give_a_sequence(p.in[0])
                        : "for images there is " + layer.substr(0, layer.size() - 2) + "2d");
}
/// Throws if there is not one window.
inline void require_windows(const nnrun_plan& p, const Axis& x) {
  if (x.out > 0) return;
  throw nnrun::Error("windows of " + std::to_string(x.reach()) + " do not fit into sequences of " +
                         std::to_string(p.in[0].sizes[0]),
                     "", "make them smaller, or write padding: same");
}
inline void require_windows(const nnrun_plan& p, const Axis& y, const Axis& x) {
  if (y.out > 0 && x.out > 0) return;
  const nnrun_shape& in = p.in[0];
  const bool channels_first = in.sizes[0] <= 4 && in.sizes[1] >= y.reach();
  throw nnrun::Error("windows of " + std::to_string(y.reach()) + " x " + std::to_string(x.reach()) +
                         " do not fit into images of " + std::to_string(in.sizes[0]) + " x " +
                         std::to_string(in.sizes[1]),
                     "",
                     channels_first
                         ? "an input is height x width x channels: the channels come last"
                         : "make them smaller, or write padding: same");
}

/// Copies an image of `channels` between the zeros that its windows reach over.
template <class T>
void copy_between_zeros(const T* from, const Axis& y, const Axis& x, size_t channels, T* to) {
  const size_t line = x.extent() * channels, used = x.in * channels, left = x.before * channels;
  to = std::fill_n(to, y.before * line, T(0));
  for (size_t i = 0; i < y.in; ++i, from += used) {
    to = std::fill_n(to, left, T(0));
    to = std::copy_n(from, used, to);
    to = std::fill_n(to, line - left - used, T(0));
  }
  std::fill_n(to, (y.extent() - y.before - y.in) * line, T(0));
}

}  // namespace windows
