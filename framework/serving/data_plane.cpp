#include "serving/data_plane.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_inputs = 64, most_points = 2000, most_rows_of_middle = 1000;

/// Returns the row that is nearest to the medians of all columns.
std::vector<double> middle_row(const std::vector<double>& rows, std::size_t columns) {
  const std::size_t count = rows.size() / columns;
  std::vector<double> medians, column(count);
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t r = 0; r < count; ++r) column[r] = rows[r * columns + c];
    const auto middle = column.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(column.begin(), middle, column.end());
    medians.push_back(*middle);
  }
  std::size_t nearest = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t r = 0; r < count; ++r) {
    double distance = 0;
    for (std::size_t c = 0; c < columns; ++c)
      distance += std::pow(rows[r * columns + c] - medians[c], 2);
    if (distance < least) nearest = r;
    least = std::min(least, distance);
  }
  const auto from = rows.begin() + static_cast<std::ptrdiff_t>(nearest * columns);
  return {from, from + static_cast<std::ptrdiff_t>(columns)};
}

}  // namespace

std::vector<std::string> names_of_inputs(const DataShape& data) {
  std::vector<std::string> names = data.names.inputs;
  for (std::size_t i = names.size(); i < size_of(data.input); ++i)
    names.push_back("x" + std::to_string(i + 1));
  return names;
}

PlaneAnswers::PlaneAnswers(const Trainer& trainer)
    : outputs(trainer.model()->graph().output().cols), ordered(trainer.data().names.ordered) {
  const Targets& targets = trainer.model()->targets();
  are_classes =
      outputs > 1 && !targets.of_last_axis &&
      (ordered || targets.kind == NNRUN_ONE_HOT || trainer.data().names.classes.size() == outputs);
}

DataPlane::DataPlane(const Model& model)
    : preparation_(model.preparation()), inputs_(model.graph().input_cols) {}

std::optional<DataPlane> DataPlane::find(const Trainer& trainer, const Model& model,
                                         const PlaneColumns& wanted) {
  const DataShape& data = trainer.data();
  if (model.preparation().rows() > 1 || model.graph().indices().count > 0) return std::nullopt;
  DataPlane plane(model);
  const bool is_pair =
      size_of(data.input) == 2 && std::ranges::none_of(data.columns, &Column::is_category);
  if (is_pair)
    plane.axes_ = {Axis{0, plane.slot_of(0)}, Axis{1, plane.slot_of(1)}};
  else if (!plane.choose(trainer, wanted))
    return std::nullopt;
  const auto& ranges = trainer.input_ranges();
  const std::vector<std::string> names = names_of_inputs(data);
  for (Axis& axis : plane.axes_) {
    const auto [low, high] = ranges[axis.column];
    const double rim = high > low ? 0.04 * (high - low) : 1;
    axis.name = names[axis.column];
    axis.low = low - rim;
    axis.high = high + rim;
  }
  return plane;
}

/// Chooses two columns of a table. Returns false if there are none.
bool DataPlane::choose(const Trainer& trainer, const PlaneColumns& wanted) {
  const std::vector<std::string> names = names_of_inputs(trainer.data());
  if (trainer.data().input.rank != 1 || inputs_ > most_inputs) return false;
  std::vector<std::size_t> numbers;
  for (std::size_t column = 0; column < names.size(); ++column)
    if (slot_of(column) < inputs_) {
      numbers.push_back(column);
      choices_.push_back(names[column]);
    }
  if (numbers.size() < 2) return false;
  const auto chosen = [&](const std::string& name, std::size_t otherwise) {
    const auto at = std::ranges::find(choices_, name);
    const std::size_t column =
        numbers[at == choices_.end() ? otherwise : static_cast<std::size_t>(at - choices_.begin())];
    return Axis{column, slot_of(column)};
  };
  axes_ = {chosen(wanted.x, 0), chosen(wanted.y, 1)};
  if (axes_[0].column == axes_[1].column) axes_ = {chosen("", 0), chosen("", 1)};
  others_ = middle_row(trainer.shown_examples(NNRUN_TRAIN, most_rows_of_middle).inputs, inputs_);
  return true;
}

/// Returns where the prepared row has a column's number, scaled at most; `inputs_` or more:
/// nowhere.
std::size_t DataPlane::slot_of(std::size_t column) const {
  if (!preparation_.changes()) return column;
  const auto& slots = preparation_.slots();
  const auto found =
      std::ranges::find_if(slots, [&](const auto& slot) { return slot.is_number_of(column); });
  return found == slots.end() ? inputs_ : static_cast<std::size_t>(found - slots.begin());
}

double DataPlane::raw_of(std::size_t slot, double prepared) const {
  const Preparation::Fit& fit = preparation_.fitted();
  const double x = fit.factors.empty() ? prepared : prepared / fit.factors[slot] + fit.shifts[slot];
  return x * preparation_.divide_by();
}
double DataPlane::prepared_of(std::size_t slot, double raw) const {
  const Preparation::Fit& fit = preparation_.fitted();
  const double x = raw / preparation_.divide_by();
  return fit.factors.empty() ? x : (x - fit.shifts[slot]) * fit.factors[slot];
}

void DataPlane::prepare(double right, double up, double* prepared) const {
  const auto at = [](const Axis& axis, double share) {
    return axis.low + (axis.high - axis.low) * share;
  };
  const double raw[] = {at(axes_[0], right), at(axes_[1], up)};
  if (!is_of_table()) return preparation_.apply(raw, prepared);
  std::ranges::copy(others_, prepared);
  for (std::size_t i = 0; i < 2; ++i) prepared[axes_[i].slot] = prepared_of(axes_[i].slot, raw[i]);
}

Json DataPlane::json() const {
  const auto axis = [](const Axis& a) {
    return Json{{"name", a.name}, {"low", a.low}, {"high", a.high}};
  };
  Json json{{"x", axis(axes_[0])}, {"y", axis(axes_[1])}};
  if (is_of_table()) json["columns"] = choices_;
  return json;
}

Json DataPlane::points(const Trainer& trainer) const {
  if (axes_[0].slot >= inputs_ || axes_[1].slot >= inputs_) return {};
  const PlaneAnswers answers(trainer);
  const std::size_t out = answers.outputs;
  Json points = Json::array();
  for (const std::size_t part : {NNRUN_TRAIN, NNRUN_VALIDATION, NNRUN_TEST}) {
    const ShownExamples shown = trainer.shown_examples(part, most_points / 2);
    for (std::size_t k = 0; k < shown.count; ++k) {
      const double *const x = shown.inputs.data() + k * inputs_, *const t =
                                                                     shown.targets.data() + k * out;
      const auto raw = [&](const Axis& axis) {
        return static_cast<float>(raw_of(axis.slot, x[axis.slot]));
      };
      points.push_back({raw(axes_[0]), raw(axes_[1]),
                        answers.are_classes ? static_cast<double>(answers.class_of(t).first) : *t,
                        part});
    }
  }
  return points;
}

}  // namespace nnrun::host
