#include "training/data.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>

#include "base/did_you_mean.hpp"
#include "base/doing.hpp"
#include "base/text.hpp"
#include "network/graph.hpp"
#include "training/columns_of_data.hpp"
#include "training/data_parts.hpp"
#include "training/example_reader.hpp"
#include "training/missing_column.hpp"
#include "training/target_shapes.hpp"
#include "training/windows.hpp"
namespace nnrun::host {
namespace {

std::vector<std::string> texts(const char* const* names, std::size_t n) {
  return names ? std::vector<std::string>(names, names + n) : std::vector<std::string>{};
}

std::string text(const char* text) {
  return text ? text : "";
}

bool names_a_file(const Use& data) {
  for (std::size_t i = 0; i < data.settings.size(); ++i)
    if (setting_of(*data.plugin, i).type == NNRUN_PATH &&
        !std::get<std::string>(data.settings[i]).empty())
      return true;
  return false;
}

/// Gives what a data set says of a column that is not there the place where the config names it.
/// is_trained: the config is a record, and what is wrong is the file.
void point_at_column(Problem& said, const DataSpec& data, bool is_trained) {
  const std::optional<std::string> name = suggest_column(said);
  if (!name || is_trained) return;
  std::vector<const Placed<std::string>*> named{&data.weights};
  if (data.windows) named.push_back(&data.windows->group);
  for (const ColumnRule& rule : data.columns) named.push_back(&rule.name);
  for (const Placed<std::string>* const one : named)
    if (one->value == *name) {
      said.note = "looked for in " + said.where;
      said.place = one->place;
      return;
    }
}

bool usable(const nnrun_shape& shape) {
  if (shape.rank < 1 || shape.rank > NNRUN_MAX_RANK) return false;
  return std::all_of(shape.sizes, shape.sizes + shape.rank,
                     [](std::size_t n) { return n > 0 && n < (std::size_t{1} << 31); });
}

}  // namespace

DataSource::DataSource(const Experiment& experiment, const ModelFile* trained, bool whole,
                       bool skips_rows)
    : object_(experiment.data.use),
      weights_(experiment.data.weights),
      place_(experiment.data.use.place),
      windows_(experiment.data.windows),
      cutting_(experiment.data, object_.plugin().name),
      reads_files_(names_a_file(experiment.data.use)),
      is_trained_(trained != nullptr),
      starts_anew_(!is_trained_ && !experiment.model.weights.is_given()),
      skips_rows_(skips_rows) {
  const Doing here("opening the data");
  if (windows_) require_whole(experiment.data.columns);
  nnrun_data data{};
  data.size = sizeof data;
  const std::string series = windows_ ? windows_->group.value : "";
  const ToldColumns::Roles roles{weights_.value, series};
  ToldColumns told = trained ? ToldColumns(*trained, experiment.data.columns, roles)
                             : ToldColumns(experiment.data.columns, roles);
  if (skips_rows) told.skip_rows();
  told.tell(data, whole);
  data.in_time = windows_ ? 1 : 0;
  if (object_.status_of("open", object_.functions<nnrun_dataset>().open, &data) != 0)
    refuse(experiment);
  const bool has_no_inputs = data.input.rank == 1 && data.input.sizes[0] == 0;
  if ((!has_no_inputs && !usable(data.input)) || !usable(data.target))
    throw PluginError(Problem{
        .what = "data set '" + object_.plugin().name + "' gives examples of an impossible shape",
        .where = object_.plugin().library->file.string()});
  take(data);
  if (windows_ && !windows_->group.value.empty()) take_series(data);
  order_classes(experiment, trained);
  if (!weights_.value.empty()) take_out_weights(trained != nullptr);
  if (windows_) add_past_targets(shape_, *windows_, place_);
  if (size_of(shape_.input) == 0) refuse_without_inputs();
  if (!trained) {
    require_sense(experiment.data.columns, weights_.value, shape_.columns, shape_.names,
                  (object_.functions<nnrun_dataset>().flags & NNRUN_TABLE) != 0);
    const DataSpec& said = experiment.data;
    if ((said.target_scale != TargetScale::none || !said.target_scales.empty()) &&
        !shape_.names.classes.empty())
      throw ConfigError(Problem{.what = "'target_scale' is for numbers, but the target is a class",
                                .place = place_,
                                .hint = "remove target_scale"});
  }
  cutting_.count_in(shape_);
  shape_.rows = shape_.examples;
  if (windows_) count_windows(shape_, *windows_, "data set '" + object_.plugin().name + "'");
  if (windows_) require_few_inputs(size_of(shape_.input), windows_->length);
  if (windows_ && windows_->group.value.empty()) shape_.in_blocks = name_in_blocks(data);
  if (shape_.examples[NNRUN_TRAIN] == 0 && !trained)
    throw DataError(Problem{.what = "there is no example to train on",
                            .where = "data set '" + object_.plugin().name + "'"});
}

void DataSource::refuse_without_inputs() const {
  throw DataError(
      Problem{.what = "every column is a target: no input is left",
              .place = place_,
              .hint = windows_ ? "write horizon: 1: then the target's earlier values are inputs"
                               : "name fewer 'targets'; of a series, write windows: {length: 24}"});
}

/// Throws what the data set said.
void DataSource::refuse(const Experiment& experiment) const try {
  refuse_data(object_, experiment.file);
} catch (const DataError& e) {
  Problem said = e.problems().front();
  point_at_column(said, experiment.data, is_trained_);
  if (windows_) said.hint = hint_in_series(said.hint);
  throw DataError(std::move(said));
}

void DataSource::take(const nnrun_data& data) {
  shape_.input = data.input;
  shape_.target = data.target;
  shape_.names = {texts(data.input_names, size_of(data.input)),
                  texts(data.target_names, size_of(data.target)),
                  texts(data.classes, size_of(data.target)), text(data.target_name)};
  require_named();
  require_few_inputs(size_of(data.input), 1);
  shape_.columns = columns_of(data, shape_.names.inputs);
  shape_.divide_by = data.divide_by > 0 ? data.divide_by : 1;
  shape_.overlap = data.overlap;
  shape_.target_reason = text(data.target_reason);
  shape_.as_classes = text(data.as_classes);
  shape_.note = text(data.note);
  take_units(data);
  take_doubts(data);
  shape_.rows_without_values =
      std::accumulate(data.left_out, data.left_out + NNRUN_PARTS, std::size_t{0});
  shape_.why_without_values = text(data.why_left_out);
  too_large_ = text(data.too_large);
  reads_again_ = data.reads_again != 0;
  std::copy_n(data.examples, NNRUN_PARTS, given_.begin());
  shape_.examples = given_;
}

/// Throws DataError for a name that no file of a model may have.
void DataSource::require_named() const {
  const DataNames& names = shape_.names;
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  for (const std::vector<std::string>* list : {&names.inputs, &names.targets, &names.classes})
    for (const std::string& name : *list)
      if (std::ranges::any_of(name, is_control))
        throw DataError(Problem{.what = std::string(list == &names.classes ? "class" : "column") +
                                        " '" + name + "' has a control character in its name",
                                .where = "data set '" + object_.plugin().name + "'",
                                .hint = "give it another name"});
}

/// Throws DataError for examples that are too large to be recorded.
void DataSource::require_few_inputs(std::size_t inputs, std::size_t rows) const {
  if (inputs <= most_columns / rows) return;
  throw DataError(Problem{.what = "an example has " + std::to_string(inputs) +
                                  (rows > 1 ? " x " + std::to_string(rows) + " inputs, more than "
                                            : " inputs, more than ") +
                                  std::to_string(most_columns),
                          .place = place_,
                          .hint = rows > 1 ? "write a shorter length"
                                  : shape_.input.rank == 3
                                      ? "make the pictures smaller: image_folder takes size: 256"
                                      : ""});
}

/// Takes what stands beside numbers, if anything does.
void DataSource::take_units(const nnrun_data& data) {
  const char* at = reinterpret_cast<const char*>(data.target_columns);
  for (std::size_t i = 0; at != nullptr && i < size_of(data.target); ++i, at += data.columns->size)
    shape_.target_units.push_back(units_of(*reinterpret_cast<const nnrun_column*>(at)));
  const auto has_some = [](const std::vector<std::string>& units) {
    return std::ranges::any_of(units, [](const std::string& unit) { return !unit.empty(); });
  };
  if (std::ranges::any_of(shape_.target_units, has_some) ||
      std::ranges::any_of(shape_.columns, has_some, &Column::units))
    return;
  shape_.target_units.clear();
  for (Column& column : shape_.columns) column.units.clear();
}

void DataSource::take_doubts(const nnrun_data& data) {
  const char* at = reinterpret_cast<const char*>(data.doubts);
  for (std::uint32_t i = 0; at != nullptr && i < data.n_doubts; ++i, at += data.doubts->size) {
    const auto& doubt = *reinterpret_cast<const nnrun_doubt*>(at);
    shape_.doubts.push_back(
        {.what = text(doubt.what), .where = text(doubt.where), .hint = text(doubt.hint)});
  }
}

/// Takes how many rows each series has.
void DataSource::take_series(const nnrun_data& data) {
  const Placed<std::string>& group = windows_->group;
  const DataNames& names = shape_.names;
  if (group.value == names.target || group.value == weights_.value ||
      std::ranges::count(names.targets, group.value) > 0)
    throw ConfigError(
        Problem{.what = "'group' names '" + group.value + "', which is " +
                        (group.value == weights_.value ? "what an example counts" : "a target"),
                .place = group.place,
                .hint = "name the column that says to which series a row belongs"});
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    if (given_[part] == 0) continue;
    if (data.series[part] == nullptr)
      throw ConfigError(Problem{.what = "'group' names a column, but data set '" +
                                        object_.plugin().name +
                                        "' has none that says to which "
                                        "series a row belongs",
                                .place = group.place,
                                .hint = "remove group, or use a csv file"});
    std::vector<std::size_t>& series = shape_.series[part];
    series.assign(data.series[part], data.series[part] + data.n_series[part]);
    if (std::accumulate(series.begin(), series.end(), std::size_t{0}) != given_[part])
      throw PluginError(Problem{
          .what = "data set '" + object_.plugin().name + "' gives series of other rows than it has",
          .where = object_.plugin().library->file.string()});
  }
}

/// Of two classes, the positive one comes second: for a trained network, that of its training.
void DataSource::order_classes(const Experiment& experiment, const ModelFile* trained) {
  std::vector<std::string>& classes = shape_.names.classes;
  if (trained) {
    shape_.two_classes.swapped = classes.size() == 2 && trained->names.classes.size() == 2 &&
                                 classes[0] == trained->names.classes[1];
  } else {
    const std::vector<std::string>& targets = shape_.names.targets;
    shape_.two_classes =
        two_classes_of(experiment.data.positive, classes,
                       targets.size() == 1 ? targets[0] : shape_.names.target, shape_.as_classes);
  }
  if (shape_.two_classes.swapped) std::swap(classes[0], classes[1]);
  shape_.names.ordered = trained ? trained->names.ordered : !experiment.data.order.empty();
  if (!shape_.names.ordered) return;
  if (classes.size() < 2)
    throw ConfigError(Problem{.what = "'order' names classes, but the target is read as numbers",
                              .place = place_,
                              .hint = shape_.as_classes.empty()
                                          ? "remove 'order'"
                                          : "write " + shape_.as_classes + " in data"});
  shape_.target = {1, {classes.size() - 1}};
}

void DataSource::fit_to(const Graph& graph, const Use& cost) {
  shape_.indices = graph.indices();
  if (shape_.names.classes.size() != 2 || graph.output().cols != 1) return;
  const auto& table = functions_of<nnrun_cost>(*cost.plugin);
  shape_.two_classes.one_number = true;
  shape_.two_classes.no = (table.flags & NNRUN_SIGNS) != 0 ? -1 : 0;
  shape_.target = {1, {1}};
}

/// Takes the column of what an example counts out of the inputs. A trained network may be measured
/// on data without it.
void DataSource::take_out_weights(bool trained) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < shape_.columns.size(); ++i)
    names.push_back(shape_.columns[i].name.empty() ? "x" + std::to_string(i + 1)
                                                   : shape_.columns[i].name);
  const auto found = std::ranges::find(names, weights_.value);
  if (found == names.end()) {
    if (trained) return;
    throw ConfigError(Problem{
        .what = "'weights' names '" + weights_.value + "', which is not a column of the data",
        .place = weights_.place,
        .hint = did_you_mean(weights_.value, names)});
  }
  if (shape_.input.rank != 1 || (names.size() == 1 && !windows_))
    throw ConfigError(Problem{.what = "'weights' takes one of several numbers of an example, but "
                                      "an example of the data set is " +
                                      text_of(shape_.input),
                              .place = weights_.place,
                              .hint = "remove weights"});
  weight_at_ = static_cast<std::size_t>(found - names.begin());
  shape_.has_weights = true;
  --shape_.input.sizes[0];
  const auto at = static_cast<std::ptrdiff_t>(weight_at_);
  shape_.columns.erase(shape_.columns.begin() + at);
  if (!shape_.names.inputs.empty()) shape_.names.inputs.erase(shape_.names.inputs.begin() + at);
}

Preparation DataSource::preparation(const Experiment& experiment) const {
  Recipe recipe = recipe_of(experiment, shape_.columns);
  recipe.divide_by = shape_.divide_by;
  recipe.target_units = shape_.target_units;
  recipe.target_scales = scales_of_targets(experiment.data.target_scales, shape_.names.targets);
  return Preparation(std::move(recipe));
}

namespace {

/// Returns a shape as `input` has it; an image of two sides has one channel.
std::string as_image(const nnrun_shape& shape) {
  std::string sizes;
  for (std::uint32_t i = 0; i < shape.rank; ++i)
    sizes += (i ? ", " : "") + std::to_string(shape.sizes[i]);
  return "[" + sizes + (shape.rank == 2 ? ", 1]" : "]");
}

/// Says what to do about examples of another size than a trained network knows.
std::string hint_of_size(const nnrun_shape& example, const nnrun_shape& input, const Use& data) {
  const bool same_size = example.rank == 3 && input.rank == 3 &&
                         example.sizes[0] == input.sizes[0] && example.sizes[1] == input.sizes[1];
  if (!same_size && example.rank == 3 && input.rank == 3 && value_of(data, "size") != nullptr)
    return "write --set data.size=[" + std::to_string(input.sizes[0]) + ", " +
           std::to_string(input.sizes[1]) + "] to have pictures made so";
  if (!same_size || value_of(data, "channels") == nullptr)
    return "a trained network takes examples of the size that it knows";
  const std::string channels = std::to_string(input.sizes[2]);
  return "write --set data.channels=" + channels + ": the network takes pictures of " + channels +
         (input.sizes[2] == 1 ? " channel" : " channels");
}

/// Says how the axes of an example become those of the model's input.
std::string hint_of_order(const nnrun_shape& example, const nnrun_shape& input) {
  const auto& x = example.sizes;
  const nnrun_shape channels_last{3, {x[1], x[2], x[0]}};
  const std::string images = "images are height x width x channels: ";
  const bool few = x[0] == 1 || x[0] == 3 || x[0] == 4;
  if (example.rank == 3 && few && text_of(channels_last) == text_of(input))
    return images + "np.moveaxis(x, 1, -1) puts the channels of an array last";
  const bool has_channels = example.rank == 3;
  return images + (has_channels ? "move the axes of the array, or write" : "write") +
         " input: " + as_image(example);
}

}  // namespace

nnrun_shape DataSource::shape_of_example(const Preparation& preparation) const {
  return windows_ ? nnrun_shape{2, {preparation.rows(), preparation.row_outputs()}} : shape_.input;
}

nnrun_shape DataSource::shape_of_prepared(const Preparation& preparation,
                                          const nnrun_shape& input) const {
  const nnrun_shape own = shape_of_example(preparation);
  return size_of(own) == preparation.outputs() && own.rank > 1 ? own : input;
}

void DataSource::require_fit(const Graph& graph, const Preparation& preparation,
                             const Experiment& experiment) const {
  const std::size_t prepared = preparation.outputs(), outputs = graph.output().cols;
  const nnrun_shape example = shape_of_example(preparation);
  if (prepared != graph.input_cols) {
    const bool features = !experiment.data.features.empty();
    Problem problem{.what = "the model's input is " + text_of(graph.input) + ", but " +
                            (features ? "'features' makes " + std::to_string(prepared)
                             : prepared == preparation.inputs() || windows_
                                 ? "an example of the data set has " + text_of(example)
                                 : "the columns of the data set make " + std::to_string(prepared)),
                    .place = experiment.model.input.place,
                    .hint = "write input: " + std::to_string(prepared)};
    const bool given = !features && prepared == preparation.inputs();
    if (given && graph.input.rank > 1 && shape_.input.rank > 1)
      problem.hint = "write input: " + as_image(shape_.input);
    if (windows_) problem.hint = "remove input: it follows from the data";
    if (!features && !given) problem.note = preparation.counts_in_words();
    throw GraphError(std::move(problem));
  }
  // of a trained network, whose preparation knows how many numbers an example has
  const bool as_many =
      shape_.input.rank == 1 || windows_ || size_of(shape_.input) == preparation.inputs();
  if (!as_many || (experiment.data.features.empty() && !lie_alike(example, graph.input)))
    throw GraphError(
        Problem{.what = "the model's input is " + text_of(graph.input) +
                        ", but an example of the data set is " + text_of(example) +
                        (as_many ? ": the numbers lie in another order" : ""),
                .place = experiment.model.input.place,
                .hint = windows_ ? "remove input: it follows from the data"
                        : as_many && value_of(experiment.data.use, "size") == nullptr
                            ? hint_of_order(example, graph.input)
                            : hint_of_size(example, graph.input, experiment.data.use)});
  if (example.rank == 2 && !windows_ && graph.input.rank == 3 && graph.input.sizes[0] == 1 &&
      graph.input.sizes[2] != 1)
    throw GraphError(Problem{.what = "the model's input is " + text_of(graph.input) +
                                     ", but an example of the data set is " + text_of(example) +
                                     ": its rows would be channels",
                             .place = experiment.model.input.place,
                             .hint = hint_of_order(example, graph.input)});
  const Recipe& recipe = preparation.recipe();
  const bool changed = recipe.scales || recipe.divide_by != 1 || !recipe.features.empty() ||
                       !std::ranges::all_of(recipe.columns, &Column::is_plain);
  if (changed && shape_.indices.count > 0)
    throw GraphError(Problem{.what = "the inputs are scaled or prepared" + shape_.indices.refusal(),
                             .place = place_,
                             .hint = "leave out scale, features and what columns say of inputs"});
  const nnrun_shape& answers = graph.output().plan.out;
  if (size_of(shape_.target) != outputs) refuse_targets(answers);
  if (std::optional<Problem> turned = turned_targets(shape_.target, answers)) {
    turned->place = place_;
    throw GraphError(*std::move(turned));
  }
}

/// Says how the target is read, and what to write if it was meant in another way.
void DataSource::refuse_targets(const nnrun_shape& answers) const {
  const std::size_t targets = size_of(shape_.target), outputs = size_of(answers);
  const std::vector<std::string>& names = shape_.names.targets;
  const std::string name = !shape_.names.target.empty() ? shape_.names.target
                           : names.size() == 1          ? names[0]
                                                        : "";
  const std::string target = name.empty() ? "the target" : "'" + name + "'";
  Problem problem{.what = "the network has " + std::to_string(outputs) + " output" +
                          (outputs == 1 ? "" : "s") + ", but an example of the data set has " +
                          std::to_string(targets) + (targets == 1 ? " target" : " targets"),
                  .place = place_,
                  .hint = "the last layer needs units: " + std::to_string(targets)};
  if (!shape_.names.classes.empty())
    problem.note = target + " is read as " + std::to_string(shape_.names.classes.size()) +
                   (shape_.names.ordered ? " classes in order: an output less than classes"
                    : shape_.names.classes.size() == 1 ? " class"
                                                       : " classes") +
                   (shape_.target_reason.empty() ? "" : ", because " + shape_.target_reason);
  if (!shape_.target_reason.empty())
    problem.hint += "\nif " + target + " is a number, mend that line";
  if (shape_.names.classes.size() == 1)
    problem.hint = "all examples are of class " + shape_.names.classes[0] +
                   ": there is nothing to tell apart without examples of another one";
  if (!shape_.as_classes.empty()) {
    problem.note = target + " is read as a number";
    problem.hint = "if " + target + " holds classes, write " + shape_.as_classes +
                   " in data; else the last layer needs units: " + std::to_string(targets);
  }
  if (const std::string hint = hint_of_axes(shape_.target, answers); !hint.empty()) {
    problem.what += " (outputs " + text_of(answers) + ", targets " + text_of(shape_.target) + ")";
    problem.hint = hint;
  }
  throw GraphError(std::move(problem));
}

void DataSource::expect(const Targets& told) {
  // those of named classes are made by the data set; any number is one
  if (shape_.names.classes.empty() && told.kind != NNRUN_NUMBERS) shape_.told = told;
}

std::vector<Need> DataSource::needs(const Preparation& preparation, Dtype dtype) const {
  const Bytes width = dtype == Dtype::float32 ? 4 : 8,
              in_units = preparation.scales_targets() ? size_of(shape_.target) * 8 : 0;
  std::vector<Need> needs;
  const std::string hint = too_large_.empty() ? "use fewer examples" : too_large_;
  const std::size_t others = size_of(shape_.target) + (shape_.has_weights ? 1 : 0),
                    cols = size_of(shape_.input) + others;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const Bytes examples = given_[part];
    if (inputs_stay_) {
      needs.push_back({"the targets of " + std::to_string(given_[part]) + " " + part_words[part] +
                           " examples, " + std::to_string(others) + " numbers each",
                       examples * (others * width + in_units), 1, place_, hint});
      continue;
    }
    const std::size_t prepared = preparation.row_outputs() + others;
    needs.push_back({std::to_string(given_[part]) + " " + part_words[part] + " examples of " +
                         std::to_string(prepared) + " numbers",
                     examples * (prepared * width + in_units), 1, place_, hint});
    const std::size_t last = shape_.past_targets > 0 ? size_of(shape_.target) : 0;
    if (windows_ && shape_.examples[part] > 0)
      needs.push_back(
          {std::to_string(shape_.examples[part]) + " windows of " +
               std::to_string(preparation.outputs() + others) + " numbers",
           Bytes{shape_.examples[part]} * ((preparation.outputs() + others + last) * width +
                                           in_units + (last > 0 ? in_units : 0)),
           1, place_, "take shorter windows, or a longer stride"});
    // until all are known; what was prepared takes the place of what was not
    if (preparation.changes() && !preparation.is_fitted() && cols * 8 > prepared * width)
      needs.push_back({std::to_string(given_[part]) + " " + part_words[part] +
                           " examples before their preparation",
                       examples * (cols * 8 - prepared * width), 1, place_, hint});
  }
  return needs;
}

/// Returns what training and evaluation note of each example, wherever its inputs are.
std::vector<Need> DataSource::needs_of_notes(const Experiment& experiment, bool trains) const {
  const Bytes width = experiment.dtype == Dtype::float32 ? 4 : 8, out = size_of(shape_.target),
              train = shape_.examples[NNRUN_TRAIN];
  std::vector<Need> needs;
  const BlockShuffle& how = experiment.train.shuffle_blocks;
  if (trains && experiment.train.shuffle && !how.is_given())
    needs.push_back({"the order of " + std::to_string(shape_.examples[NNRUN_TRAIN]) + " examples",
                     train * 4, 1, place_, "write train: {shuffle: {blocks: 64}}"});
  if (!experiment.metrics.empty())
    needs.push_back({"the outputs of all examples, which metrics need at once",
                     ((trains ? train : 0) + std::ranges::max(shape_.examples)) * out * width, 1,
                     place_, "leave out metrics"});
  return needs;
}

/// Returns what each row takes beside its targets while its inputs stay in the files.
std::vector<Need> DataSource::needs_of_rows(const Preparation& preparation,
                                            const Experiment& experiment, bool trains) const {
  const Bytes width = experiment.dtype == Dtype::float32 ? 4 : 8, out = size_of(shape_.target);
  constexpr Bytes some = 8'000'000;  // huge pages, and a few hundred rows of each part
  std::vector<Need> needs{{"what is read from the files at a time", some, 1, place_}};
  if (cutting_.cuts())  // the part of each, and the order in which they are drawn; by class, more
    needs.push_back(
        {"how " + std::to_string(given_[NNRUN_TRAIN]) + " examples are split",
         given_[NNRUN_TRAIN] * (13 + (experiment.data.split.stratify ? 8 * out + 8 : Bytes{0})), 1,
         place_, "give validation and test files of their own instead of split"});
  const BlockShuffle& how = experiment.train.shuffle_blocks;
  if (trains && experiment.train.shuffle && how.is_given())
    needs.push_back(
        {"blocks of " + std::to_string(how.block_size) + " examples, " +
             std::to_string(how.blocks) + " of which are shuffled together",
         std::min(Bytes{how.blocks} * how.block_size, Bytes{shape_.examples[NNRUN_TRAIN]}) *
             (preparation.row_outputs() * width + 8),
         1, place_, "write smaller numbers in train.shuffle"});
  return needs;
}

void DataSource::require_room(std::vector<Need> others, const Preparation& preparation,
                              const Experiment& experiment, bool trains,
                              std::uint32_t processes_here) {
  std::ranges::move(needs_of_notes(experiment, trains), std::back_inserter(others));
  const std::size_t before = others.size();
  const auto of_all = [&](std::vector<Need> needs) {
    for (Need& need : needs) need.copies *= processes_here;
    return needs;
  };
  std::ranges::move(needs(preparation, experiment.dtype), std::back_inserter(others));
  if (!reads_again_ || windows_ || is_room_for(of_all(others)))
    return require_memory(of_all(others));
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  if (std::ranges::max(given_) > most)
    throw DataError(Problem{.what = "more than " + std::to_string(most) + " examples",
                            .where = "data set '" + object_.plugin().name + "'",
                            .hint = "train on a part of them"});
  inputs_stay_ = true;
  others.resize(before);
  std::ranges::move(needs(preparation, experiment.dtype), std::back_inserter(others));
  std::ranges::move(needs_of_rows(preparation, experiment, trains), std::back_inserter(others));
  require_memory(of_all(others));
  const bool in_any_order =
      trains && experiment.train.shuffle && !experiment.train.shuffle_blocks.is_given();
  shape_.stored =
      std::string("inputs do not fit into memory: they are read from the files") +
      (in_any_order ? ", one by one; train: {shuffle: {blocks: 64}} reads many at once" : "");
}

}  // namespace nnrun::host
