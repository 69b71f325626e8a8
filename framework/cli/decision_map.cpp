#include "cli/decision_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "report/plane.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t map_rows = 8, map_columns = 32, longest_y_name = 12;

/// Returns one string per row. Shades span 0 to 1, or the finite values that occur if their range
/// is larger.
std::vector<std::string> shaded(const std::vector<double>& values, bool utf8) {
  static constexpr std::array blocks{" ", "░", "▒", "▓", "█"}, letters{".", ":", "+", "%", "#"};
  const auto& shades = utf8 ? blocks : letters;
  double low = 0, high = 1;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  std::vector<std::string> out(map_rows);
  for (std::size_t i = 0; i < values.size(); ++i) {
    // by halves: the difference of two finite numbers may be infinite
    const double share = (values[i] / 2 - low / 2) / (high / 2 - low / 2);
    out[i / map_columns] += std::isfinite(share)
                                ? shades[static_cast<std::size_t>(std::clamp(share * 5, 0., 4.))]
                                : "?";
  }
  return out;
}

std::string short_text(double x) {
  return fmt::format("{:.2g}", x);
}

/// Returns a name that takes at most so many columns; one that is cut ends with two dots.
std::string shortened(const std::string& name, std::size_t columns) {
  return columns_of(name) <= columns ? name : cut(name, columns - 2) + "..";
}

/// Returns the line below the map: both ends of the axis, with its name in the middle.
std::string x_axis(const PlaneAxis& axis) {
  const std::string low = short_text(axis.low), high = short_text(axis.high);
  const std::string name = shortened(axis.name, map_columns - low.size() - high.size() - 2);
  const std::size_t before = std::max((map_columns - columns_of(name)) / 2,
                                      low.size() + 1);  // a long name stays in between
  return left_aligned(low, before) + name +
         right_aligned(high, map_columns - before - columns_of(name));
}

}  // namespace

std::string decision_map(Trainer& trainer, const Terminal& terminal) {
  const auto plane = sample_plane(trainer, 0, map_columns, map_rows);
  if (!plane) return "";
  std::array<std::string, map_rows> labels{};
  labels[0] = short_text(plane->y.high);
  labels[map_rows / 2] = shortened(plane->y.name, longest_y_name);
  labels[map_rows - 1] = short_text(plane->y.low);
  std::size_t margin = 0;
  for (const std::string& label : labels) margin = std::max(margin, columns_of(label));
  if (terminal.width() < margin + 3 + map_columns) return "";  // every line would wrap
  const std::vector<std::string> lines = shaded(plane->outputs.front().values, terminal.utf8());
  std::string text;
  for (std::size_t r = 0; r < map_rows; ++r)
    text += "  " + right_aligned(labels[r], margin) + " " + lines[r] + "\n";
  return text + std::string(margin + 3, ' ') + x_axis(plane->x) + "\n";
}

}  // namespace nnrun::host
