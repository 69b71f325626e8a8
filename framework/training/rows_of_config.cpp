#include "training/rows_of_config.hpp"

#include <algorithm>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "training/input_columns.hpp"
namespace nnrun::host {
namespace {

std::vector<std::string> names_of(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns)
    if (!column.name.empty()) names.push_back(column.name);
  return names;
}

std::string count(std::size_t n, bool numbers) {
  return std::to_string(n) + (numbers ? " number" : " value") + (n == 1 ? "" : "s");
}

void require_count(const PredictRow& row, const std::vector<Column>& columns) {
  const std::size_t found = row.values.empty() ? row.numbers.size() : row.values.size(),
                    wanted = columns.size();
  if (found == wanted) return;
  const bool numbers = std::ranges::none_of(columns, &Column::is_category);
  const std::vector<std::string> names = names_of(columns);
  throw ConfigError(Problem{.what = "a row of 'predict' needs " + count(wanted, numbers) +
                                    ", this one has " + std::to_string(found),
                            .place = row.place,
                            .hint = names.empty() || names.size() > 40
                                        ? "one for each input of the data, before 'features'"
                                        : "one for each input of the data: " + join(names, ", ")});
}

/// Puts values that are given by name in the order of the columns.
void order(PredictRow& row, const std::vector<Column>& columns) {
  if (row.columns.empty()) return;
  const std::vector<std::string> names = names_of(columns);
  for (std::size_t i = 0; i < row.columns.size(); ++i)
    if (std::ranges::count(names, row.columns[i]) == 0)
      throw ConfigError(Problem{.what = "a row of 'predict' names '" + row.columns[i] +
                                        "', which is not an input of the data",
                                .place = row.values[i].place,
                                .hint = names.empty()
                                            ? "its inputs have no names: write a list of values"
                                            : did_you_mean(row.columns[i], names)});
  std::vector<WrittenValue> values;
  for (const Column& column : columns) {
    const auto found = std::ranges::find(row.columns, column.name);
    if (found == row.columns.end())
      throw ConfigError(Problem{.what = "a row of 'predict' has no value for '" + column.name + "'",
                                .place = row.place,
                                .hint = "write " + column.name + ": null where it is missing"});
    values.push_back(row.values[static_cast<std::size_t>(found - row.columns.begin())]);
  }
  row.values = std::move(values);
  row.columns.clear();
}

double number_of(const WrittenRow& row, std::size_t i, const WrittenValue& value,
                 InputColumns& columns) try {
  return columns.read(row, i);
} catch (const nnrun::Error& e) {
  std::string with_point = value.text;
  std::ranges::replace(with_point, ',', '.');
  const bool comma = with_point != value.text && parse_double(with_point);
  throw ConfigError(Problem{
      .what = e.what(), .place = value.place, .hint = comma ? "write " + with_point : e.hint()});
}

/// A data set that is not a table takes numbers alone.
void require_numbers(const PredictRow& row, const std::vector<Column>& columns) {
  const auto text = std::ranges::find_if(columns, &Column::is_category);
  if (text != columns.end())
    throw ConfigError(
        Problem{.what = "a row of 'predict' is numbers, but '" + text->name + "' holds texts",
                .place = row.place,
                .hint = "remove it, and predict when the run is done: nnrun predict RUN " +
                        text->texts.front() + ",..."});
}

}  // namespace

void read_rows(Experiment& experiment, const std::vector<Column>& columns) {
  if (experiment.predict.empty()) return;
  if (experiment.data.windows)
    throw ConfigError(
        Problem{.what = "a row of 'predict' is one row, but an example is a window of " +
                        std::to_string(experiment.data.windows->length),
                .place = experiment.predict.front().place,
                .hint = "remove 'predict', and write nnrun predict RUN --csv FILE when "
                        "the run is done"});
  const Recipe recipe = recipe_of(experiment, columns);
  const TextSettings text(experiment.data);
  InputColumns reader(recipe, text);
  reader.take_all();
  for (PredictRow& row : experiment.predict) {
    order(row, columns);
    require_count(row, columns);
    if (row.values.empty()) {
      require_numbers(row, columns);
      continue;
    }
    WrittenRow written("the row", text.format.numbers);
    for (const WrittenValue& value : row.values) written.add(value.text, !value.quoted);
    row.numbers.clear();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      row.numbers.push_back(number_of(written, i, row.values[i], reader));
      row.values[i].is_text = columns[i].is_category;
    }
  }
}

}  // namespace nnrun::host
