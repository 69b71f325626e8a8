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
  if (hint.find("{missing: drop}") == hint.npos && hint.find("leave ") == hint.npos) return hint;
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
    shape.columns.push_back({.name = names.targets.empty() ? "" : names.targets[i]});
  const bool had_inputs = size_of(shape.input) > shape.past_targets;
  if (!names.inputs.empty() && names.targets.empty())
    names.inputs.clear();
  else if (!names.inputs.empty() || !had_inputs)
    names.inputs.insert(names.inputs.end(), names.targets.begin(), names.targets.end());
}

void count_windows(DataShape& shape, const WindowSpec& windows, const std::string& where) {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const std::size_t rows = shape.rows[part];
    shape.examples[part] = windows.count_in(rows);
    if (rows == 0 || shape.examples[part] > 0) continue;
    const bool ahead = windows.horizon > 0;
    throw DataError(Problem{
        .what = "the " + std::string(part_words[part]) + " part of the series has " +
                std::to_string(rows) + (rows == 1 ? " row" : " rows") +
                ", but an example reaches " + "over " + std::to_string(windows.reach()) +
                (ahead ? ": a window of " + std::to_string(windows.length) + ", and a target " +
                             std::to_string(windows.horizon) + " behind it"
                       : std::string()),
        .where = where,
        .hint = "take shorter windows, or a larger part"});
  }
}

template <class T>
Examples<T> windows_of(const Examples<T>& rows, const WindowSpec& windows, std::size_t in,
                       std::size_t out, bool keep_last) {
  const std::size_t count = windows.count_in(rows.count), width = windows.length * in;
  Examples<T> examples{Buffer<T>(count * width), Buffer<T>(count * out), count};
  const bool weighs = rows.weight.data() != nullptr;
  if (weighs) examples.weight = Buffer<T>(count);
  if (keep_last) examples.last = Buffer<T>(count * out);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t first = i * windows.stride, target = first + windows.reach() - 1;
    std::copy_n(rows.x.data() + first * in, width, examples.x.data() + i * width);
    std::copy_n(rows.t.data() + target * out, out, examples.t.data() + i * out);
    if (weighs) examples.weight.data()[i] = rows.weight.data()[target];
    if (keep_last)
      std::copy_n(rows.t.data() + (target - windows.horizon) * out, out,
                  examples.last.data() + i * out);
  }
  return examples;
}
template Examples<float> windows_of(const Examples<float>&, const WindowSpec&, std::size_t,
                                    std::size_t, bool);
template Examples<double> windows_of(const Examples<double>&, const WindowSpec&, std::size_t,
                                     std::size_t, bool);

}  // namespace nnrun::host
