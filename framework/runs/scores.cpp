#include "runs/scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "config/metric_names.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_classes = 100'000;

std::vector<std::vector<std::int64_t>> rows_of(const std::vector<double>& table) {
  const auto n = static_cast<std::size_t>(std::lround(std::sqrt(table.size())));
  std::vector<std::vector<std::int64_t>> rows(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) rows[i].push_back(std::llround(table[i * n + j]));
  return rows;
}

}  // namespace

Scores scores_of(const Score& score, const Experiment& experiment) {
  const std::vector<std::string> names = metric_names(experiment.metrics);
  Scores out{{"cost", score.cost}};
  for (std::size_t i = 0; i < score.metrics.size(); ++i) {
    out.push_back({names[i], score.metrics[i]});
    if (i < score.tables.size()) out.back().table = rows_of(score.tables[i]);
  }
  return out;
}

Json to_json(const Scores& scores) {
  Json json;
  for (const NamedScore& score : scores)
    json[score.name] = score.table.empty() ? Json(score.value) : Json(score.table);
  return json;
}

Json per_class_json(const Score& score, const Experiment& experiment) {
  const std::vector<std::string> names = metric_names(experiment.metrics);
  Json json = Json::object();
  for (std::size_t i = 0; i < score.per_class.size(); ++i)
    if (!score.per_class[i].empty()) json[names[i]] = score.per_class[i];
  return json;
}

Scores read_scores(const RecordField& field) {
  Scores out;
  for (const std::string& name : field.keys()) {
    NamedScore& score = out.emplace_back(NamedScore{name});
    const RecordField value = field.at(name);
    if (!value.is_list()) {
      score.value = value.number_or_nan();
      continue;
    }
    const std::vector<RecordField> rows = value.items(most_classes);
    for (const RecordField& row : rows) {
      std::vector<std::int64_t>& counts = score.table.emplace_back();
      for (const RecordField& count : row.items(rows.size()))
        counts.push_back(static_cast<std::int64_t>(count.count(INT64_MAX)));
      if (counts.size() != rows.size()) row.refuse("as long as there are rows");
    }
  }
  return out;
}

std::optional<double> value_of(const Scores& scores, std::string_view name) {
  const auto found = std::ranges::find(scores, name, &NamedScore::name);
  if (found == scores.end() || !found->table.empty() || !std::isfinite(found->value))
    return std::nullopt;
  return found->value;
}

}  // namespace nnrun::host
