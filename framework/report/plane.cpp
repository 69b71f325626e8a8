#include "report/plane.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "report/thin.hpp"
#include "training/meaning.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t cells_of_page = 40;  // along each side
constexpr int digits_of_page = 4;
constexpr std::size_t most_cells = 1000, most_outputs = 1000;  // of a file that is read

/// Returns where the middle of cell i lies, as a fraction of all n cells.
double middle(std::size_t i, std::size_t n) {
  return (static_cast<double>(i) + 0.5) / static_cast<double>(n);
}

double at(const PlaneAxis& axis, double share) {
  return axis.low + (axis.high - axis.low) * share;
}

}  // namespace

std::optional<Plane> sample_plane(Trainer& trainer, std::uint64_t seed, std::size_t columns,
                                  std::size_t rows) {
  const DataShape& data = trainer.data();
  if (size_of(data.input) != 2 || trainer.model()->preparation().rows() > 1 ||
      trainer.model()->graph().indices().count > 0 ||
      std::ranges::any_of(data.columns, &Column::is_category))
    return std::nullopt;
  const auto& ranges = trainer.input_ranges();
  const auto axis = [&](std::size_t i, const char* other_name) -> PlaneAxis {
    return {data.names.inputs.empty() ? other_name : data.names.inputs[i], ranges[i].first,
            ranges[i].second};
  };
  Plane plane{axis(0, "x"), axis(1, "y"), columns, rows, {}};
  plane.border = output_border_of(trainer);
  PlaneOutput& output = plane.outputs.emplace_back(PlaneOutput{seed, {}});
  std::vector<double> points;
  points.reserve(2 * rows * columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      points.push_back(at(plane.x, middle(c, columns)));
      points.push_back(at(plane.y, 1 - middle(r, rows)));
    }
  Model& model = *trainer.model();
  // as any rows are answered: in blocks, if the weights do not stay in the cache
  const std::size_t cells = rows * columns, at_once = model.rows_at_once(), out = model.answers();
  std::vector<double> outputs(at_once * out);
  output.values.reserve(cells);
  for (std::size_t from = 0; from < cells; from += at_once) {
    const std::size_t n = std::min(at_once, cells - from);
    for (std::size_t i = 0; i < n; ++i)
      model.prepare(std::span(points).subspan(2 * (from + i), 2), i);
    model.answer_prepared(n, 0, std::span(outputs).first(n * out));
    for (std::size_t i = 0; i < n; ++i) output.values.push_back(outputs[i * out]);
  }
  return plane;
}

std::optional<Plane> sample_plane(Trainer& trainer, std::uint64_t seed) {
  return sample_plane(trainer, seed, cells_of_page, cells_of_page);
}

Json to_json(const Plane& plane) {
  Json outputs = Json::array();
  for (const PlaneOutput& output : plane.outputs) {
    Json values = Json::array();
    for (const double value : output.values) values.push_back(drawn(value, digits_of_page));
    outputs.push_back({{"seed", output.seed}, {"values", std::move(values)}});
  }
  Json json{{"x", {plane.x.low, plane.x.high}}, {"y", {plane.y.low, plane.y.high}},
            {"x_name", plane.x.name},           {"y_name", plane.y.name},
            {"columns", plane.columns},         {"rows", plane.rows},
            {"outputs", std::move(outputs)}};
  if (plane.border) json["border"] = *plane.border;
  return json;
}

Plane read_plane(const RecordField& field) {
  const auto axis = [&](const char* range, const char* name) -> PlaneAxis {
    const std::vector<RecordField> ends = field.at(range).items(2);
    if (ends.size() != 2) field.at(range).refuse("two numbers");
    return {field.at(name).text(), ends[0].number(), ends[1].number()};
  };
  Plane plane{axis("x", "x_name"),
              axis("y", "y_name"),
              field.at("columns").count(most_cells),
              field.at("rows").count(most_cells),
              {}};
  if (const auto border = field.find("border")) plane.border = border->number();
  const std::size_t cells = plane.columns * plane.rows;
  for (const RecordField& output : field.at("outputs").items(most_outputs)) {
    PlaneOutput& read = plane.outputs.emplace_back(PlaneOutput{output.at("seed").count(), {}});
    read.values = output.at("values").numbers_or_nan(cells);
    if (read.values.size() != cells)
      output.at("values").refuse("a list of " + std::to_string(cells));
  }
  return plane;
}

}  // namespace nnrun::host
