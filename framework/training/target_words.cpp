#include "training/target_words.hpp"

#include <algorithm>
#include <cmath>

#include "base/shown_text.hpp"
#include "base/text.hpp"
#include "config/columns.hpp"
#include "config/flow_yaml.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_shown_classes = 12, most_shown_numbers = 4;

std::string name_of_target(const DataShape& shape) {
  if (!shape.names.target.empty()) return " " + short_name(shape.names.target);
  if (shape.names.targets.size() <= most_shown_numbers)
    return (shape.names.targets.empty() ? "" : " ") + join(shape.names.targets, ", ");
  return {};
}

/// Returns a whole number with commas between thousands, if it has more than four digits.
std::string whole(double x) {
  std::string text = std::to_string(std::llround(x));
  const std::size_t sign = x < 0 ? 1 : 0;
  if (text.size() - sign > 4)
    for (std::size_t i = text.size(); i > sign + 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

}  // namespace

std::string readable(double x) {
  if (x == std::floor(x) && std::abs(x) < 1e15) return whole(x);
  if (!(std::abs(x) >= 10'000 && std::abs(x) < 1e15)) return significant(x, 6);
  const double unit = std::max(1., std::pow(10, std::floor(std::log10(std::abs(x))) - 5));
  return whole(std::round(x / unit) * unit);
}

namespace {

/// Returns `standard`, or `price log, area standard` if they differ.
std::string words_of_scales(const Recipe& recipe, const DataShape& shape) {
  if (recipe.target_scales.empty()) return word_of(recipe.target_scale);
  std::string words;
  for (std::size_t c = 0; c < recipe.target_scales.size(); ++c)
    if (recipe.target_scales[c] != TargetScale::none)
      words += (words.empty() ? "" : ", ") + shape.names.targets[c] + " " +
               word_of(recipe.target_scales[c]);
  return words;
}

/// Returns `yes or no, yes (= 1) 320 · no (= 0) 680`.
std::string words_of_two(const TargetSummary& summary, const DataShape& shape,
                         const std::string& dot) {
  const std::string no = short_name(shape.names.classes[0]),
                    yes = short_name(shape.names.classes[1]);
  return yes + " or " + no + ", " + yes + " (= 1) " + std::to_string(summary.counts[1]) + dot + no +
         " (= " + shortest(shape.two_classes.no) + ") " + std::to_string(summary.counts[0]) +
         (shape.two_classes.given ? ""
                                  : ", for " + yes + " is the last of them; or write positive: " +
                                        flow_yaml(text_node(no)));
}

/// Returns `0 or 1, 1 in 320 of 1,000 rows`, or the same of several columns.
std::string words_of_ones(const TargetSummary& summary, const DataShape& shape,
                          const std::string& dot) {
  const std::size_t width = summary.ones.size();
  const auto low =
      std::ranges::min(summary.ranges, {}, [](const auto& r) { return r.first; }).first;
  const auto count = [](std::size_t n) { return readable(static_cast<double>(n)); };
  const std::string rows = " of " + count(summary.rows) + " rows";
  if (width == 1)
    return (low < 0 ? "-1 or 1, 1 in " : "0 or 1, 1 in ") + count(summary.ones[0]) + rows;
  std::string words = std::to_string(width) + (summary.one_each ? " classes, a column for each"
                                                                : " labels, each a yes or no");
  for (std::size_t c = 0; c < width && width <= most_shown_classes; ++c)
    words += (c == 0 ? ": " : dot) +
             (c < shape.names.targets.size() ? short_name(shape.names.targets[c])
                                             : std::to_string(c + 1)) +
             " " + count(summary.ones[c]);
  return words + rows;
}

/// Returns `3 classes, one for each of 12 steps, 1 320 · 2 400 · 3 480 of 1,200`.
std::string words_of_steps(const TargetSummary& summary, const nnrun_shape& target,
                           const std::string& dot) {
  const std::size_t classes = target.sizes[target.rank - 1], steps = size_of(target) / classes;
  std::string words = std::to_string(classes) + " classes, one for each of " +
                      std::to_string(steps) + (target.rank == 2 ? " steps" : " places");
  for (std::size_t c = 0; c < classes && classes <= most_shown_classes; ++c) {
    std::size_t ones = 0;
    for (std::size_t i = c; i < summary.ones.size(); i += classes) ones += summary.ones[i];
    words += (c == 0 ? ", " : dot) + std::to_string(c) + " " + readable(static_cast<double>(ones));
  }
  return words + " of " + readable(static_cast<double>(summary.rows * steps));
}

std::string words_of_range(const std::pair<double, double>& range) {
  const std::string low = readable(range.first), high = readable(range.second);
  if (low != high || range.first == range.second) return low + " … " + high;
  return shortest(range.first) + " … " + shortest(range.second);
}

}  // namespace

std::string words_of(const TargetSummary& summary, const DataShape& shape,
                     const Preparation& preparation, const std::string& dot) {
  const std::size_t width = summary.ranges.size();
  std::string words = "target" + name_of_target(shape) + ": ";
  if (shape.is_yes_or_no()) return words + words_of_two(summary, shape, dot);
  if (!summary.counts.empty()) {
    const std::size_t classes = summary.counts.size();
    const bool ordered = shape.names.ordered;
    words += std::to_string(classes) + (classes == 1 ? " class" : " classes") +
             (ordered ? " in order" : "");
    for (std::size_t c = 0; c < classes && classes <= most_shown_classes; ++c)
      words += (c == 0    ? ", "
                : ordered ? " < "
                          : dot) +
               short_name(shape.names.classes[c]) + " " + std::to_string(summary.counts[c]);
    if (!shape.target_reason.empty()) words += ", because " + shape.target_reason;
    return words;
  }
  const std::size_t last = shape.target.sizes[shape.target.rank - 1];
  const bool has_steps = last > 1 && last < width;
  if (!summary.ones.empty() && summary.rows > 0 && has_steps && summary.one_each_of_last_axis)
    return words + words_of_steps(summary, shape.target, dot);
  if (!summary.ones.empty() && summary.rows > 0) return words + words_of_ones(summary, shape, dot);
  words += width == 1 ? "number" : std::to_string(width) + " numbers";
  for (std::size_t c = 0; c < width && width <= most_shown_numbers; ++c)
    words += ", " + words_of_range(summary.ranges[c]);
  if (preparation.scales_targets())
    words += ", scaled (" + words_of_scales(preparation.recipe(), shape) +
             "): the cost is that of the scaled ones";
  return words;
}

}  // namespace nnrun::host
