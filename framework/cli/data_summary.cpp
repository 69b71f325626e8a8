#include "cli/data_summary.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/shown_text.hpp"
#include "base/text.hpp"
#include "config/columns.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_shown = 20, most_texts = 6;

/// A column of the table, or a class of the target.
struct DataLine {
  std::string name, kind, holds, missing;
};

std::string name_or_number(const std::vector<std::string>& names, std::size_t i,
                           const char* letter) {
  return i < names.size() && !names[i].empty() ? names[i] : letter + std::to_string(i + 1);
}

/// Returns `4 texts: Basel, Bern, …`.
std::string texts_in_words(const std::vector<std::string>& texts, const Terminal& terminal) {
  std::vector<std::string> first(
      texts.begin(),
      texts.begin() + static_cast<std::ptrdiff_t>(std::min(most_texts, texts.size())));
  if (texts.size() > most_texts) first.push_back(terminal.utf8() ? "…" : "...");
  return std::to_string(texts.size()) + (texts.size() == 1 ? " text: " : " texts: ") +
         join(first, ", ");
}

std::string rows_text(std::size_t n) {
  return std::to_string(n) + (n == 1 ? " row" : " rows");
}

std::string range_in_words(const std::pair<double, double>& range) {
  return readable(range.first) + " to " + readable(range.second);
}

std::size_t gaps_in(const DataShape& data, std::size_t column) {
  return data.gaps.empty() ? 0 : data.gaps[column];
}

bool has_many_without_names(const DataShape& data) {
  return data.names.inputs.empty() && data.columns.size() > most_shown;
}

/// Returns a line for all pixels of an image, say.
DataLine line_of_many(std::size_t columns, const std::vector<std::pair<double, double>>& ranges) {
  std::pair<double, double> all = ranges.front();
  for (const auto& [low, high] : ranges)
    all = {std::min(all.first, low), std::max(all.second, high)};
  return {"x1 to x" + std::to_string(columns), "numbers", range_in_words(all), ""};
}

std::vector<DataLine> input_lines(const Trainer& trainer, const Terminal& terminal) {
  const DataShape& data = trainer.data();
  const auto& ranges = trainer.input_ranges();
  std::vector<DataLine> lines;
  if (has_many_without_names(data) && !ranges.empty())
    return {line_of_many(data.columns.size(), ranges)};
  for (std::size_t c = 0; c < std::min(most_shown, data.columns.size()); ++c) {
    const Column& column = data.columns[c];
    const std::size_t gaps = gaps_in(data, c);
    lines.push_back({name_or_number(data.names.inputs, c, "x"),
                     column.is_category ? "category" : "number",
                     column.is_category ? texts_in_words(column.texts, terminal)
                     : c < ranges.size() && !std::isnan(ranges[c].first) ? range_in_words(ranges[c])
                                                                         : "",
                     gaps > 0 ? std::to_string(gaps) : ""});
  }
  return lines;
}

std::vector<DataLine> target_lines(const Trainer& trainer) {
  const DataShape& data = trainer.data();
  const TargetSummary targets = trainer.targets();
  const Recipe& recipe = trainer.model()->preparation().recipe();
  std::vector<DataLine> lines;
  if (!targets.counts.empty()) {
    for (std::size_t c = 0; c < std::min(most_shown, targets.counts.size()); ++c)
      lines.push_back({data.names.classes[c], "class", rows_text(targets.counts[c]), ""});
    return lines;
  }
  for (std::size_t c = 0; c < std::min(most_shown, targets.ranges.size()); ++c) {
    const TargetScale scale = recipe.scale_of_target(c);
    lines.push_back(
        {name_or_number(data.names.targets, c, "y"), "target",
         range_in_words(targets.ranges[c]) +
             (scale == TargetScale::none ? "" : std::string(", scaled: ") + word_of(scale)),
         ""});
  }
  return lines;
}

/// The widths that inputs and targets share.
struct Widths {
  std::size_t name = 0, kind = 0, holds = 0;

  void take(const std::vector<DataLine>& lines) {
    for (const DataLine& line : lines) {
      name = std::max(name, columns_of(line.name));
      kind = std::max(kind, columns_of(line.kind));
      if (!line.missing.empty()) holds = std::max(holds, columns_of(line.holds));
    }
  }
  std::string text(const std::vector<DataLine>& lines) const {
    std::string text;
    for (const DataLine& line : lines)
      text += "  " + left_aligned(line.name, name) + "  " + left_aligned(line.kind, kind) + "  " +
              (line.missing.empty()
                   ? line.holds
                   : left_aligned(line.holds, holds) + "  " + line.missing + " missing") +
              "\n";
    return text;
  }
};

std::string more_of(std::size_t all, const char* what) {
  return all > most_shown ? "  and " + std::to_string(all - most_shown) + " more " + what + "\n"
                          : "";
}

}  // namespace

std::string data_summary(const Trainer& trainer, const Terminal& terminal) {
  const DataShape& data = trainer.data();
  const auto& n = data.examples;
  const std::vector<DataLine> inputs = input_lines(trainer, terminal),
                              targets = target_lines(trainer);
  Widths widths;
  widths.take(inputs);
  widths.take(targets);
  return "data   " + rows_text(n[NNRUN_TRAIN] + n[NNRUN_VALIDATION] + n[NNRUN_TEST]) + ": " +
         std::to_string(n[NNRUN_TRAIN]) + " to train, " + std::to_string(n[NNRUN_VALIDATION]) +
         " to validate, " + std::to_string(n[NNRUN_TEST]) + " to test\n" +
         (data.why_without_values.empty() ? "" : "  " + data.why_without_values + "\n") +
         widths.text(inputs) +
         more_of(has_many_without_names(data) ? 0 : data.columns.size(), "columns") +
         widths.text(targets) +
         more_of(std::max(data.names.classes.size(), size_of(data.target)),
                 data.names.classes.empty() ? "targets" : "classes");
}

Json data_json(const Trainer& trainer) {
  const DataShape& data = trainer.data();
  const auto& ranges = trainer.input_ranges();
  const TargetSummary targets = trainer.targets();
  Json json = Json::object();
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    json["rows"][part_names[part]] = data.examples[part];
  if (data.rows_without_values > 0)
    json["left_out"] = {{"rows", data.rows_without_values}, {"why", data.why_without_values}};
  json["columns"] = Json::array();
  for (std::size_t c = 0; c < data.columns.size(); ++c) {
    Json column{{"name", name_or_number(data.names.inputs, c, "x")},
                {"kind", data.columns[c].is_category ? "category" : "number"}};
    if (data.columns[c].is_category)
      column["texts"] = data.columns[c].texts;
    else if (c < ranges.size())
      column.update({{"low", ranges[c].first}, {"high", ranges[c].second}});
    column["missing"] = gaps_in(data, c);
    json["columns"].push_back(std::move(column));
  }
  if (!targets.counts.empty()) {
    json["target"] = data.names.target;
    json["classes"] = Json::object();
    for (std::size_t c = 0; c < targets.counts.size(); ++c)
      json["classes"][data.names.classes[c]] = targets.counts[c];
    if (data.is_yes_or_no()) json["positive"] = data.names.classes[1];
    return json;
  }
  const Recipe& recipe = trainer.model()->preparation().recipe();
  for (std::size_t c = 0; c < targets.ranges.size(); ++c)
    json["targets"].push_back({{"name", name_or_number(data.names.targets, c, "y")},
                               {"low", targets.ranges[c].first},
                               {"high", targets.ranges[c].second},
                               {"scale", word_of(recipe.scale_of_target(c))}});
  return json;
}

}  // namespace nnrun::host
