#include "cli/function_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t plot_columns = 48, plot_rows = 8;

/// A grid of dots, shown as characters of `wide` x `high` dots.
class Canvas {
 public:
  explicit Canvas(bool braille)
      : wide_(braille ? 2 : 1), high_(braille ? 4 : 1), dots_(width() * height()) {}
  std::size_t width() const { return plot_columns * wide_; }
  std::size_t height() const { return plot_rows * high_; }
  void set(std::size_t x, std::size_t y) { dots_[y * width() + x] = true; }

  std::string row(std::size_t r) const {
    std::string out;
    for (std::size_t c = 0; c < plot_columns; ++c) out += wide_ == 2 ? braille(c, r) : star(c, r);
    return out.substr(0, out.find_last_not_of(' ') + 1);
  }

 private:
  bool dot(std::size_t x, std::size_t y) const { return dots_[y * width() + x]; }
  std::string star(std::size_t c, std::size_t r) const { return dot(c, r) ? "*" : " "; }
  /// U+2800 plus a bit per dot: down the left column, down the right one, then the two lowest.
  std::string braille(std::size_t c, std::size_t r) const {
    constexpr std::array<std::array<unsigned, 2>, 4> bits{
        {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};
    unsigned code = 0;
    for (std::size_t y = 0; y < 4; ++y)
      for (std::size_t x = 0; x < 2; ++x)
        if (dot(2 * c + x, 4 * r + y)) code |= bits[y][x];
    if (code == 0) return " ";
    return {static_cast<char>(0xe2), static_cast<char>(0xa0 | code >> 6),
            static_cast<char>(0x80 | (code & 0x3f))};
  }

  std::size_t wide_, high_;
  std::vector<bool> dots_;
};

}  // namespace

std::string plot(const std::function<double(double)>& f, double from, double to,
                 const std::string& x_name, const Terminal& terminal) {
  Canvas canvas(terminal.utf8());
  std::vector<double> values;
  double low = INFINITY, high = -INFINITY;
  for (std::size_t i = 0; i < canvas.width(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(canvas.width() - 1);
    values.push_back(f(from + (to - from) * share));
    if (!std::isfinite(values.back())) continue;
    low = std::min(low, values.back());
    high = std::max(high, values.back());
  }
  if (!(low <= high)) return "";
  // by halves: the difference of two finite numbers may be infinite
  const double half_range = high > low ? high / 2 - low / 2 : 1;
  const double top = static_cast<double>(canvas.height() - 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double share = (values[i] / 2 - low / 2) / half_range;
    if (std::isfinite(share))
      canvas.set(i, static_cast<std::size_t>(std::lround(top * (1 - share))));
  }

  const std::string highest = significant(high, 3), lowest = significant(low, 3);
  const std::size_t margin = 2 + std::max(highest.size(), lowest.size());
  const char* const bar = terminal.utf8() ? "│" : "|";
  std::string out;
  for (std::size_t r = 0; r < plot_rows; ++r)
    out += right_aligned(r == 0               ? highest
                         : r + 1 == plot_rows ? lowest
                                              : "",
                         margin) +
           " " + bar + canvas.row(r) + "\n";
  const std::string first = significant(from, 3), last = significant(to, 3);
  const std::size_t gap = plot_columns - std::min(plot_columns, first.size() + last.size());
  out += std::string(margin + 2, ' ') + first + std::string(gap / 2, ' ');
  out += x_name + std::string(gap - std::min(gap, gap / 2 + x_name.size()), ' ') + last + "\n";
  return out;
}

}  // namespace nnrun::host
