#include "training/windows.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "network/graph.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {

void require_whole(const std::vector<ColumnRule>& columns) {
  for (const ColumnRule& rule : columns)
    if (rule.missing == MissingRule::drop)
      throw ConfigError(Problem{
          .what = "column '" + rule.name.value +
                  "': a row cannot be left out of a series, whose rows follow "
                  "each other in time",
          .place = rule.name.place,
          .hint = "fill it in in the file, or, if it is an input, write {missing: median}"});
}

std::string hint_in_series(const std::string& hint) {
  const bool leaves_column_out = hint.find(": unused}") != hint.npos,
             leaves_rows_out =
                 hint.find("{missing: drop}") != hint.npos || hint.find("leave ") != hint.npos;
  if (!leaves_rows_out || leaves_column_out) return hint;
  constexpr std::string_view filled = " to fill it in";
  const std::size_t at = hint.find(filled);
  return at != hint.npos ? hint.substr(0, at + filled.size())
                         : "fill it in in the file: no row of a series can be left out";
}

void add_past_targets(DataShape& shape, const WindowSpec& windows, const Place& place) {
  if (shape.input.rank != 1)
    throw ConfigError(
        Problem{.what = "'windows' are made of rows of numbers, but an example of the "
                        "data set is " +
                        text_of(shape.input),
                .place = place,
                .hint = "remove 'windows': these examples have an order already"});
  DataNames& names = shape.names;
  if (windows.horizon == 0 || !names.classes.empty() || shape.target.rank != 1) return;
  shape.past_targets = shape.target.sizes[0];
  shape.input.sizes[0] += shape.past_targets;
  for (std::size_t i = 0; i < shape.past_targets; ++i)
    shape.columns.push_back({.name = names.targets.empty() ? "" : names.targets[i],
                             .units = i < shape.target_units.size() ? shape.target_units[i]
                                                                    : std::vector<std::string>()});
  const bool had_inputs = size_of(shape.input) > shape.past_targets;
  if (!names.inputs.empty() && names.targets.empty())
    names.inputs.clear();
  else if (!names.inputs.empty() || !had_inputs)
    names.inputs.insert(names.inputs.end(), names.targets.begin(), names.targets.end());
}

namespace {

/// Returns how many examples the rows of a part make.
std::size_t windows_in(const DataShape& shape, std::size_t part, const WindowSpec& windows) {
  if (shape.series[part].empty()) return windows.count_in(shape.rows[part]);
  std::size_t all = 0;
  for (const std::size_t rows : shape.series[part]) all += windows.count_in(rows);
  return all;
}

/// Returns `3 series by 'station', 1 of them too short for an example in the test part`.
std::string words_of_series(const DataShape& shape, const WindowSpec& windows) {
  std::string words;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const std::vector<std::size_t>& series = shape.series[part];
    if (series.empty()) continue;
    if (words.empty())
      words = std::to_string(series.size()) + " series by '" + windows.group.value + "'";
    const auto too_short = std::ranges::count_if(
        series, [&](std::size_t rows) { return windows.count_in(rows) == 0; });
    if (too_short > 0)
      words += ", " + std::to_string(too_short) + " of them too short for an example in the " +
               part_words[part] + " part";
  }
  return words;
}

}  // namespace

void count_windows(DataShape& shape, const WindowSpec& windows, const std::string& where) {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const std::size_t rows = shape.rows[part];
    shape.examples[part] = windows_in(shape, part, windows);
    if (rows == 0 || shape.examples[part] > 0) continue;
    const bool ahead = windows.horizon > 0;
    throw DataError(Problem{
        .what = "the " + std::string(part_words[part]) + " part of " +
                (shape.series[part].empty()
                     ? "the series has " + std::to_string(rows) + (rows == 1 ? " row" : " rows")
                     : "each series has " + std::to_string(std::ranges::max(shape.series[part])) +
                           " rows at the most") +
                ", but an example reaches " + "over " + std::to_string(windows.reach()) +
                (ahead ? ": a window of " + std::to_string(windows.length) + ", and a target " +
                             std::to_string(windows.horizon) + " behind it"
                       : std::string()),
        .where = where,
        .hint = "take shorter windows, or a larger part"});
  }
  if (windows.group.value.empty()) return;
  shape.note += (shape.note.empty() ? "" : ", ") + words_of_series(shape, windows);
}

template <class T>
Examples<T> windows_of(const Examples<T>& rows, const WindowSpec& windows, std::size_t in,
                       std::size_t out, const std::vector<std::size_t>& series, bool keep_last) {
  std::vector<std::size_t> lengths = series;
  if (lengths.empty()) lengths.push_back(rows.count);
  std::size_t count = 0;
  for (const std::size_t length : lengths) count += windows.count_in(length);
  const std::size_t width = windows.length * in;
  Examples<T> examples{Buffer<T>(count * width), Buffer<T>(count * out), count};
  const bool weighs = rows.weight.data() != nullptr;
  if (weighs) examples.weight = Buffer<T>(count);
  if (keep_last) examples.last = Buffer<T>(count * out);
  const bool scaled = rows.in_units.data() != nullptr;
  if (scaled) examples.in_units = Buffer<double>(count * out);
  if (scaled && keep_last) examples.last_in_units = Buffer<double>(count * out);
  std::size_t i = 0, start = 0;  // of examples; of the rows of a series
  for (const std::size_t length : lengths) {
    for (std::size_t k = 0; k < windows.count_in(length); ++k, ++i) {
      const std::size_t first = start + k * windows.stride, target = first + windows.reach() - 1,
                        last = target - windows.horizon;
      std::copy_n(rows.x.data() + first * in, width, examples.x.data() + i * width);
      std::copy_n(rows.t.data() + target * out, out, examples.t.data() + i * out);
      if (scaled)
        std::copy_n(rows.in_units.data() + target * out, out, examples.in_units.data() + i * out);
      if (weighs) examples.weight.data()[i] = rows.weight.data()[target];
      if (keep_last) std::copy_n(rows.t.data() + last * out, out, examples.last.data() + i * out);
      if (keep_last && scaled)
        std::copy_n(rows.in_units.data() + last * out, out,
                    examples.last_in_units.data() + i * out);
    }
    start += length;
  }
  return examples;
}
template Examples<float> windows_of(const Examples<float>&, const WindowSpec&, std::size_t,
                                    std::size_t, const std::vector<std::size_t>&, bool);
template Examples<double> windows_of(const Examples<double>&, const WindowSpec&, std::size_t,
                                     std::size_t, const std::vector<std::size_t>&, bool);

}  // namespace nnrun::host
