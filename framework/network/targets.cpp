#include "network/targets.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

/// By NNRUN_NUMBERS, NNRUN_ONE_HOT, NNRUN_LABELS, NNRUN_ORDERED; then classes of the last axis.
constexpr std::array<std::string_view, 5> kinds{"numbers", "classes", "labels", "ordered",
                                                "classes_of_last_axis"};
constexpr std::size_t of_last_axis = 4;

/// What is true of all numbers, and of all rows.
struct Seen {
  bool below_0 = false;
  bool zeros_ones = true, signs = true, fractions = true;  // 0 and 1; -1 and 1; from 0 to 1
  // of rows of several: of such signs, one is 1; they add up to 1
  bool one_yes = true, whole = true;
};

/// rows: of `cols` numbers each.
template <class T>
void look_at(std::span<const T> rows, std::size_t cols, Seen& seen) {
  // counted without a branch for each: targets are in no order
  const auto ones = std::ranges::count(rows, T(1)), all = std::ranges::ssize(rows);
  seen.zeros_ones = seen.zeros_ones && ones + std::ranges::count(rows, T(0)) == all;
  seen.signs = seen.signs && ones + std::ranges::count(rows, T(-1)) == all;
  seen.below_0 = seen.below_0 || std::ranges::any_of(rows, [](T x) { return x < 0; });
  seen.fractions =
      seen.fractions && std::ranges::all_of(rows, [](T x) { return x >= 0 && x <= 1; });
  // shares in a file have two digits, say
  const double rounding = std::min(0.1, 0.00501 * static_cast<double>(cols));
  for (std::size_t at = 0; at < rows.size() && cols > 1; at += cols) {
    const auto row = rows.subspan(at, cols);
    const double sum = std::accumulate(row.begin(), row.end(), 0.);
    seen.whole = seen.whole && std::abs(sum - 1) <= rounding;
    seen.one_yes = seen.one_yes && sum == 2 - static_cast<double>(cols);
  }
}

}  // namespace

template <class T>
Targets targets_of(std::span<const std::span<const T>> parts, std::size_t cols, bool classes,
                   bool shares) {
  Seen seen;
  for (const std::span<const T> rows : parts) look_at(rows, cols, seen);
  Targets targets{.known = true, .kind = NNRUN_NUMBERS, .border = seen.below_0 ? 0 : 0.5};
  if (cols > 1 && (classes || (seen.fractions && seen.whole) || (seen.signs && seen.one_yes)))
    targets.kind = NNRUN_ONE_HOT;
  else if (seen.zeros_ones || seen.signs || (seen.fractions && shares))
    targets.kind = NNRUN_LABELS;
  targets.shares = targets.kind != NNRUN_NUMBERS && !seen.zeros_ones && !seen.signs;
  return targets;
}
template Targets targets_of(std::span<const std::span<const float>>, std::size_t, bool, bool);
template Targets targets_of(std::span<const std::span<const double>>, std::size_t, bool, bool);

template <class T>
bool fits(const Targets& targets, std::span<const T> row) {
  if (targets.kind == NNRUN_NUMBERS) return true;
  Seen seen;
  look_at(row, row.size(), seen);
  const bool of_classes = targets.kind == NNRUN_ONE_HOT && row.size() > 1;
  if (targets.shares) return seen.fractions && (seen.whole || !of_classes);
  if (targets.border == 0) return seen.signs && (seen.one_yes || !of_classes);
  return seen.zeros_ones && (!of_classes || std::ranges::count(row, T(1)) == 1);
}
template bool fits(const Targets&, std::span<const float>);
template bool fits(const Targets&, std::span<const double>);

std::string name_of_kind(const Targets& targets) {
  return std::string(kinds.at(targets.of_last_axis ? of_last_axis : targets.kind));
}

Targets targets_named(std::string_view kind, std::string_view border) {
  const auto found = std::ranges::find(kinds, kind);
  const auto number = parse_double(border);
  if (found == kinds.end() || !number || (*number != 0 && *number != 0.5)) return {};
  const auto which = static_cast<std::size_t>(found - kinds.begin());
  const bool several = which == of_last_axis;
  return {.known = true,
          .kind = static_cast<std::uint32_t>(several ? std::size_t{NNRUN_ONE_HOT} : which),
          .border = *number,
          .of_last_axis = several};
}

}  // namespace nnrun::host
