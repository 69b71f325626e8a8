#include "training/data.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/did_you_mean.hpp"
#include "base/doing.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "config/recorded_files.hpp"
#include "network/graph.hpp"
#include "training/columns_of_data.hpp"
#include "training/target_classes.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t chunk_rows = 1024, chunk_numbers = 32768;  // at a time: 256 KiB
constexpr const char* part_words[] = {"training", "validation", "test"};
constexpr const char* stream_names[] = {"data/train", "data/validation", "data/test"};

/// config: the file that names the data set.
[[noreturn]] void refuse(const Object& data, const std::filesystem::path& config = {}) {
  Problem said = take_plugin_error();
  if (said.what.empty()) said.what = "refused without a reason";
  if (said.where.empty()) said.where = "data set '" + data.plugin().name + "'";
  if (const std::string missing = words_for_missing(config); !missing.empty())
    said.hint += (said.hint.empty() ? "" : "\n") + missing;
  throw DataError(std::move(said));
}

std::vector<std::string> texts(const char* const* names, std::size_t n) {
  return names ? std::vector<std::string>(names, names + n) : std::vector<std::string>{};
}

std::string text(const char* text) {
  return text ? text : "";
}

bool usable(const nnrun_shape& shape) {
  if (shape.rank < 1 || shape.rank > NNRUN_MAX_RANK) return false;
  return std::all_of(shape.sizes, shape.sizes + shape.rank,
                     [](std::size_t n) { return n > 0 && n < (std::size_t{1} << 31); });
}

/// Returns how many of n a fraction takes, to the nearest.
std::size_t share(double fraction, std::size_t n) {
  return static_cast<std::size_t>(std::llround(fraction * static_cast<double>(n)));
}

}  // namespace

DataSource::DataSource(const Experiment& experiment, const ModelFile* trained, bool whole)
    : object_(experiment.data.use),
      weights_(experiment.data.weights),
      split_(experiment.data.split),
      place_(experiment.data.use.place) {
  const Doing here("opening the data");
  nnrun_data data{};
  data.size = sizeof data;
  const ToldColumns told = trained ? ToldColumns(*trained, experiment.data.columns, weights_.value)
                                   : ToldColumns(experiment.data.columns, weights_.value);
  told.tell(data, whole);
  if (object_.status_of("open", object_.functions<nnrun_dataset>().open, &data) != 0)
    refuse(object_, experiment.file);
  if (!usable(data.input) || !usable(data.target))
    throw PluginError(Problem{
        .what = "data set '" + object_.plugin().name + "' gives examples of an impossible shape",
        .where = object_.plugin().library->file.string()});
  take(data);
  order_classes(experiment, trained);
  if (!weights_.value.empty()) take_out_weights(trained != nullptr);
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
  split_off();
  if (shape_.examples[NNRUN_TRAIN] == 0 && !trained)
    throw DataError(Problem{.what = "there is no example to train on",
                            .where = "data set '" + object_.plugin().name + "'"});
}

void DataSource::take(const nnrun_data& data) {
  shape_.input = data.input;
  shape_.target = data.target;
  shape_.names = {texts(data.input_names, size_of(data.input)),
                  texts(data.target_names, size_of(data.target)),
                  texts(data.classes, size_of(data.target)), text(data.target_name)};
  shape_.columns = columns_of(data, shape_.names.inputs);
  shape_.divide_by = data.divide_by > 0 ? data.divide_by : 1;
  shape_.target_reason = text(data.target_reason);
  shape_.as_classes = text(data.as_classes);
  shape_.note = text(data.note);
  std::copy_n(data.examples, NNRUN_PARTS, given_.begin());
  shape_.examples = given_;
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
}

void DataSource::fit_to(const Graph& graph, const Use& cost) {
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
  if (shape_.input.rank != 1 || names.size() == 1)
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

/// Counts the examples of each part.
void DataSource::split_off() {
  const std::size_t all = given_[NNRUN_TRAIN];
  if (split_.folds == 0) {
    cut_off(NNRUN_VALIDATION, split_.validation, all);
    cut_off(NNRUN_TEST, split_.test, all);
  } else {
    cut_off(NNRUN_TEST, split_.test, all);
    hold_out_fold();
    cut_off(NNRUN_VALIDATION, split_.validation, shape_.examples[NNRUN_TRAIN]);
  }
}

/// Moves a fraction of so many examples from the training part to another one.
void DataSource::cut_off(std::size_t part, double fraction, std::size_t examples) {
  if (fraction == 0) return;
  const std::size_t taken = share(fraction, examples);
  if (given_[part] > 0)
    throw ConfigError(Problem{.what = "the data set has a " + std::string(part_words[part]) +
                                      " part of its own, so 'split' cannot cut one",
                              .place = place_,
                              .hint = "remove it from 'split'"});
  if (taken == 0 || taken >= shape_.examples[NNRUN_TRAIN])
    throw DataError(
        Problem{.what = "a split of " + std::to_string(examples) + " examples leaves an empty part",
                .where = "data set '" + object_.plugin().name + "'"});
  shape_.examples[part] = taken;
  shape_.examples[NNRUN_TRAIN] -= taken;
}

/// Makes a fold the test part; the data's own is left alone.
void DataSource::hold_out_fold() {
  const std::size_t all = shape_.examples[NNRUN_TRAIN];
  if (split_.folds > all)
    throw DataError(Problem{.what = std::to_string(split_.folds) + " folds cannot be cut from " +
                                    std::to_string(all) + (all == 1 ? " example" : " examples"),
                            .where = "data set '" + object_.plugin().name + "'",
                            .hint = "take fewer folds: 5 or 10 are usual"});
  shape_.folds.set_aside = shape_.examples[NNRUN_TEST];
  shape_.examples[NNRUN_TEST] = size_of_fold(all, split_.folds, split_.fold);
  shape_.examples[NNRUN_TRAIN] -= shape_.examples[NNRUN_TEST];
}

Preparation DataSource::preparation(const Experiment& experiment) const {
  Recipe recipe = recipe_of(experiment, shape_.columns);
  recipe.divide_by = shape_.divide_by;
  recipe.target_scales = scales_of_targets(experiment.data.target_scales, shape_.names.targets);
  return Preparation(std::move(recipe));
}

void DataSource::require_fit(const Graph& graph, const Preparation& preparation,
                             const Experiment& experiment) const {
  const std::size_t prepared = preparation.outputs(), outputs = graph.output().cols;
  if (prepared != graph.input_cols) {
    const bool features = !experiment.data.features.empty();
    Problem problem{.what = "the model's input is " + text_of(graph.input) + ", but " +
                            (features ? "'features' makes " + std::to_string(prepared)
                             : prepared == preparation.inputs()
                                 ? "an example of the data set has " + text_of(shape_.input)
                                 : "the columns of the data set make " + std::to_string(prepared)),
                    .place = experiment.model.input.place,
                    .hint = "write input: " + std::to_string(prepared)};
    if (!features && prepared != preparation.inputs()) problem.note = preparation.counts_in_words();
    throw GraphError(std::move(problem));
  }
  for (std::size_t i = 0; i < experiment.predict.size(); ++i)
    if (experiment.predict[i].value.size() != preparation.inputs())
      throw ConfigError(
          Problem{.what = "a row of 'predict' needs " + std::to_string(preparation.inputs()) +
                          (preparation.inputs() == 1 ? " number" : " numbers") + ", this one has " +
                          std::to_string(experiment.predict[i].value.size()),
                  .place = experiment.predict[i].place,
                  .hint = "one number per input of the data, before 'features'"});
  const auto text = std::ranges::find_if(shape_.columns, &Column::is_category);
  if (text != shape_.columns.end() && !experiment.predict.empty())
    throw ConfigError(
        Problem{.what = "a row of 'predict' is numbers, but '" + text->name + "' holds texts",
                .place = experiment.predict[0].place,
                .hint = "remove it, and predict when the run is done: nnrun predict RUN " +
                        text->texts.front() + ",..."});
  if (size_of(shape_.target) != outputs) refuse_targets(outputs);
}

/// Says how the target is read, and what to write if it was meant in another way.
void DataSource::refuse_targets(std::size_t outputs) const {
  const std::size_t targets = size_of(shape_.target);
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
    problem.note = target + " is read as " + std::to_string(targets) + " classes" +
                   (shape_.target_reason.empty() ? "" : ", because " + shape_.target_reason);
  if (!shape_.target_reason.empty())
    problem.hint += "\nif " + target + " is a number, mend that line";
  if (!shape_.as_classes.empty()) {
    problem.note = target + " is read as a number";
    problem.hint = "if " + target + " holds classes, write " + shape_.as_classes +
                   " in data; else the last layer needs units: " + std::to_string(targets);
  }
  throw GraphError(std::move(problem));
}

std::vector<Need> DataSource::needs(const Preparation& preparation, Dtype dtype) const {
  const Bytes width = dtype == Dtype::float32 ? 4 : 8;
  std::vector<Need> needs;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const std::size_t cols =
        size_of(shape_.input) + size_of(shape_.target) + (shape_.has_weights ? 1 : 0);
    needs.push_back({std::to_string(given_[part]) + " " + part_words[part] + " examples of " +
                         std::to_string(cols) + " numbers",
                     Bytes{given_[part]} * cols * width, 1, place_, "use fewer examples"});
    if (preparation.changes())
      needs.push_back({std::to_string(given_[part]) + " " + part_words[part] +
                           " examples before and after their preparation",
                       Bytes{given_[part]} * (cols * 8 + preparation.outputs() * width), 1, place_,
                       "use fewer examples"});
  }
  return needs;
}

namespace {

/// Returns whether numbers are finite when they are rounded to T.
template <class T, class From>
bool all_finite_as(const From* x, std::size_t n) {
  // 0 times a finite number is 0, else NaN: sums can be vectorized, branches cannot
  T sums[8] = {};
  for (std::size_t i = 0; i + 8 <= n; i += 8)
    for (std::size_t k = 0; k < 8; ++k) sums[k] += static_cast<T>(x[i + k]) * T(0);
  for (std::size_t i = n / 8 * 8; i < n; ++i) sums[0] += static_cast<T>(x[i]) * T(0);
  return std::accumulate(sums, sums + 8, T(0)) == T(0);
}

struct Reader {
  const Object& object;
  const DataShape& shape;
  Random& random;
  const Preparation& preparation;  // says which numbers may be missing
  const std::string& weights;      // the name of their column
  std::size_t weight_at;           // if the shape has weights

  [[noreturn]] void refuse_number(std::size_t part, std::size_t example, bool target,
                                  std::size_t column, double x) const {
    const std::vector<std::string>& names = target ? shape.names.targets : shape.names.inputs;
    const std::string name = names.empty() ? std::to_string(column + 1) : "'" + names[column] + "'";
    const bool finite = std::isfinite(x);
    throw DataError(Problem{.what = std::string(target ? "target " : "input ") + name + " of " +
                                    part_words[part] + " example " + std::to_string(example + 1) +
                                    (finite ? " is " + shortest(x) + ", too large for float32"
                                            : " is not a finite number"),
                            .where = "data set '" + object.plugin().name + "'",
                            .hint = finite ? "write dtype: float64" : ""});
  }

  /// Writes the weights of n examples, and closes the gaps that they leave between the inputs.
  template <class T, class Target>
  void take_weights(std::size_t part, std::size_t first, std::size_t n, std::vector<double>& x,
                    T* to) const {
    const std::size_t in = size_of(shape.input);
    for (std::size_t r = 0; r < n; ++r) {
      const double* const row = x.data() + r * (in + 1);
      const double weight = row[weight_at];
      if (!(weight >= 0) || !std::isfinite(static_cast<Target>(weight)))
        throw DataError(Problem{
            .what = std::string(part_words[part]) + " example " + std::to_string(first + r + 1) +
                    " counts " + shortest(weight) + " by column '" + weights + "'",
            .where = "data set '" + object.plugin().name + "'",
            .hint = std::isfinite(weight) && weight >= 0 ? "write dtype: float64"
                                                         : "an example counts 0 or more"});
      to[r] = static_cast<T>(weight);
      double* out = x.data() + r * in;
      for (std::size_t c = 0; c <= in; ++c)
        if (c != weight_at) *out++ = row[c];
    }
  }
  /// Throws DataError for an input that is not a finite number of type T, unless it may be missing.
  /// x: the inputs, as the data set gave them; rounded: after division.
  template <class T>
  void require_inputs(std::size_t part, std::size_t first, std::span<const double> x,
                      const T* rounded) const {
    const std::size_t in = size_of(shape.input);
    for (std::size_t i = 0; i < x.size(); ++i)
      if (!std::isfinite(rounded[i]) &&
          (!std::isnan(rounded[i]) || !preparation.may_be_missing(i % in)))
        refuse_number(part, first + i / in, false, i % in, x[i]);
  }
  template <class Target>
  void require_targets(std::size_t part, std::size_t first, std::span<const double> t) const {
    const std::size_t out = size_of(shape.target);
    for (std::size_t i = 0; i < t.size(); ++i)
      if (!std::isfinite(static_cast<Target>(t[i])))
        refuse_number(part, first + i / out, true, i % out, t[i]);
  }

  /// Target: what the run's targets will be; T may be wider while inputs are to be prepared.
  template <class T, class Target>
  Examples<T> read(std::size_t part, std::size_t count) const {
    const std::size_t in = size_of(shape.input), out = size_of(shape.target);
    Examples<T> all{Buffer<T>(count * in), Buffer<T>(count * out), count};
    if (shape.has_weights) all.weight = Buffer<T>(count);
    const bool two = shape.names.classes.size() == 2;
    const std::size_t given = in + (shape.has_weights ? 1 : 0), targets = two ? 2 : out;
    const std::size_t rows =
        std::clamp<std::size_t>(chunk_numbers / (given + targets), 1, chunk_rows);
    std::vector<double> x(std::min(count, rows) * given), t(std::min(count, rows) * targets);
    Stream stream(random, stream_names[part], 0);
    // division is all that a plain preparation does; else the rest of it does that, too
    const double divide_by = preparation.changes() ? 1 : preparation.divide_by();
    for (std::size_t from = 0; from < count; from += rows) {
      const std::size_t n = std::min(rows, count - from);
      const int status =
          object.status_of("read", object.functions<nnrun_dataset>().read, stream.lent(),
                           static_cast<std::uint32_t>(part), from, n, x.data(), t.data());
      if (status != 0) refuse(object);
      if (two) shape.two_classes.apply(std::span(t).first(n * 2));
      if (shape.has_weights) take_weights<T, Target>(part, from, n, x, all.weight.data() + from);
      T *const own_x = all.x.data() + from * in, *const own_t = all.t.data() + from * out;
      for (std::size_t i = 0; divide_by == 1 && i < n * in; ++i) own_x[i] = static_cast<T>(x[i]);
      for (std::size_t i = 0; divide_by != 1 && i < n * in; ++i)
        own_x[i] = static_cast<T>(x[i] / divide_by);
      for (std::size_t i = 0; i < n * out; ++i) own_t[i] = static_cast<T>(t[i]);
      if (!all_finite_as<T>(own_x, n * in))
        require_inputs(part, from, std::span(x).first(n * in), own_x);
      if (!all_finite_as<Target>(own_t, n * out))
        require_targets<Target>(part, from, std::span(t).first(n * out));
    }
    return all;
  }
};

/// Returns a copy of the examples with these indices.
template <class T>
Examples<T> taken(const Examples<T>& from, std::span<const std::uint32_t> order, std::size_t in,
                  std::size_t out) {
  Examples<T> to{Buffer<T>(order.size() * in), Buffer<T>(order.size() * out), order.size()};
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::copy_n(from.x.data() + order[i] * in, in, to.x.data() + i * in);
    std::copy_n(from.t.data() + order[i] * out, out, to.t.data() + i * out);
  }
  if (from.weight.data() == nullptr) return to;
  to.weight = Buffer<T>(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) to.weight.data()[i] = from.weight.data()[order[i]];
  return to;
}

}  // namespace

template <class T, class Target>
std::array<Examples<T>, NNRUN_PARTS> DataSource::read_raw(Random& random,
                                                          const Preparation& preparation) {
  const Reader reader{object_, shape_, random, preparation, weights_.value, weight_at_};
  std::array<Examples<T>, NNRUN_PARTS> parts;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (split_.folds == 0 || part != NNRUN_TEST)
      parts[part] = reader.read<T, Target>(part, given_[part]);
  if (split_.validation == 0 && split_.test == 0 && split_.folds == 0) return parts;
  std::array<Examples<T>, NNRUN_PARTS> own = cut(parts[NNRUN_TRAIN], random);
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (own[part].count > 0) parts[part] = std::move(own[part]);
  return parts;
}

namespace {

[[noreturn]] void refuse_to_stratify(const Place& place) {
  throw ConfigError(Problem{.what = "'stratify' needs classes, but the targets have more than " +
                                    std::to_string(TargetClasses::most) + " different values",
                            .place = place,
                            .hint = "remove it from 'split'"});
}

}  // namespace

template <class T>
std::array<Examples<T>, NNRUN_PARTS> DataSource::cut(const Examples<T>& all, Random& random) {
  std::vector<std::uint32_t> order(all.count);
  std::iota(order.begin(), order.end(), 0u);
  if (split_.folds > 0 && random.is_sequential())
    throw ConfigError(Problem{.what = "folds cannot be drawn by '" + random.object().plugin().name +
                                      "': its numbers depend on how many the network has drawn",
                              .place = random.object().place(),
                              .hint = "write random: philox"});
  if (split_.shuffle) random.shuffle(order, "split", 0);
  std::array<std::size_t, NNRUN_PARTS> sizes = shape_.examples;
  if (split_.validation == 0) sizes[NNRUN_VALIDATION] = 0;  // the data set may have one
  if (split_.test == 0) sizes[NNRUN_TEST] = 0;
  const std::size_t in = size_of(shape_.input), out = size_of(shape_.target);
  const auto by_class = [&] {
    const TargetClasses classes = classes_of<T>(all.t.all(), out);
    if (classes.too_many) refuse_to_stratify(place_);
    return cut_by_class(order, sizes, classes.of_example);
  };
  const Cut cut = split_.folds > 0  ? fold_of(all, order)
                  : split_.stratify ? by_class()
                                    : cut_in_order(order, sizes);
  std::array<Examples<T>, NNRUN_PARTS> parts;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    parts[part] = taken(all, std::span<const std::uint32_t>(cut[part]), in, out);
  return parts;
}

/// Sets aside what the split's own test part holds without folds, then holds a fold of the rest
/// out: by class where it says `stratify`, or where examples have classes and no order to keep.
template <class T>
Cut DataSource::fold_of(const Examples<T>& all, std::span<const std::uint32_t> order) {
  const std::size_t out = size_of(shape_.target);
  const std::size_t aside = split_.test > 0 ? shape_.folds.set_aside : 0;
  const std::span<const T> targets = all.t.all();
  TargetClasses classes;
  if (split_.stratify || (split_.shuffle && are_classes(targets, out, shape_.names)))
    classes = classes_of(targets, out);
  if (classes.too_many && split_.stratify) refuse_to_stratify(place_);
  if (classes.too_many) classes = {};
  const std::array<std::size_t, NNRUN_PARTS> sizes{all.count - aside, 0, aside};
  const Cut own =
      split_.stratify ? cut_by_class(order, sizes, classes.of_example) : cut_in_order(order, sizes);
  std::vector<std::uint32_t> rest;
  std::ranges::copy_if(order, std::back_inserter(rest), [&](std::uint32_t i) {
    return std::ranges::binary_search(own[NNRUN_TRAIN], i);
  });
  shape_.folds.by_class = !classes.of_example.empty();
  for (const std::uint32_t first : rare_classes(classes, rest, split_.folds))
    shape_.folds.rare.push_back(name_of_class(targets.subspan(first * out, out), shape_.names));
  return cut_fold(
      rest,
      {split_.folds, split_.fold, split_.validation > 0 ? shape_.examples[NNRUN_VALIDATION] : 0},
      classes.of_example);
}

namespace {

template <class T>
Examples<T> prepared(const Examples<double>& raw, const Preparation& preparation,
                     std::size_t targets) {
  const std::size_t in = preparation.inputs(), width = preparation.outputs();
  Examples<T> to{Buffer<T>(raw.count * width), Buffer<T>(raw.t.size()), raw.count};
  std::vector<double> row(width), t(targets);
  for (std::size_t i = 0; i < raw.count; ++i) {
    preparation.apply(raw.x.data() + i * in, row.data());
    preparation.round(row.data(), to.x.data() + i * width);
    std::copy_n(raw.t.data() + i * targets, targets, t.data());
    preparation.scale_targets(t.data(), targets);
    for (std::size_t c = 0; c < targets; ++c)
      if (!std::isfinite(to.t.data()[i * targets + c] = static_cast<T>(t[c])))
        throw DataError(
            Problem{.what = "a target is " + significant(t[c], 6) + ", too large for float32",
                    .where = "'target_scale' of the data",
                    .hint = "scale that target, too, or write dtype: float64"});
  }
  if (raw.weight.data() == nullptr) return to;
  to.weight = Buffer<T>(raw.count);
  for (std::size_t i = 0; i < raw.count; ++i)
    to.weight.data()[i] = static_cast<T>(raw.weight.data()[i]);
  return to;
}

}  // namespace

namespace {

std::vector<std::size_t> gaps_of(const std::array<Examples<double>, NNRUN_PARTS>& parts,
                                 const Preparation& preparation) {
  std::vector<std::size_t> gaps;
  const std::size_t columns = preparation.inputs();
  for (std::size_t c = 0; c < columns; ++c) {
    if (!preparation.may_be_missing(c)) continue;
    gaps.resize(columns);
    for (const Examples<double>& part : parts)
      for (std::size_t r = 0; r < part.count; ++r)
        gaps[c] += std::isnan(part.x.data()[r * columns + c]);
  }
  return gaps;
}

}  // namespace

/// Throws DataError for a part whose examples count nothing at all: it has no mean.
template <class T>
void DataSource::require_weights(const std::array<Examples<T>, NNRUN_PARTS>& parts) const {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    const std::span<const T> all(parts[part].weight.data(),
                                 parts[part].weight.data() ? parts[part].count : 0);
    if (all.empty() || std::ranges::any_of(all, [](T weight) { return weight > 0; })) continue;
    throw DataError(Problem{.what = std::string("every ") + part_words[part] +
                                    " example counts 0 by column '" + weights_.value + "'",
                            .where = "data set '" + object_.plugin().name + "'",
                            .hint = "remove weights from data, or give the part an example that "
                                    "counts"});
  }
}

/// Prepares in double: the mean of a column may be large, and is subtracted before rounding.
template <class T>
std::array<Examples<T>, NNRUN_PARTS> DataSource::read(Random& random, Preparation& preparation) {
  const Doing here("reading the data");
  if (!preparation.changes()) {
    auto parts = read_raw<T, T>(random, preparation);
    require_weights(parts);
    return parts;
  }
  // numbers that are scaled before they are rounded to T may be larger
  const auto raw = preparation.scales_targets() ? read_raw<double, double>(random, preparation)
                                                : read_raw<double, T>(random, preparation);
  const Examples<double>& train = raw[NNRUN_TRAIN];
  const std::size_t targets = size_of(shape_.target);
  if (train.count > 0) ranges_ = column_ranges<double>(train.x.all(), preparation.inputs());
  shape_.gaps = gaps_of(raw, preparation);
  if (!preparation.is_fitted()) preparation.fit(train.x.all(), train.t.all(), targets);
  std::array<Examples<T>, NNRUN_PARTS> parts;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    parts[part] = prepared<T>(raw[part], preparation, targets);
  require_weights(parts);
  return parts;
}

template <class T>
std::vector<std::pair<double, double>> column_ranges(std::span<const T> rows, std::size_t cols) {
  std::vector<std::pair<double, double>> ranges;
  for (std::size_t c = 0; c < cols; ++c) ranges.emplace_back(rows[c], rows[c]);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& [low, high] = ranges[i % cols];
    const auto x = static_cast<double>(rows[i]);
    if (!(x >= low)) low = std::isnan(x) ? low : x;  // also where a missing value came first
    if (!(x <= high)) high = std::isnan(x) ? high : x;
  }
  return ranges;
}

template <class T>
std::string hash_of(const std::array<Examples<T>, NNRUN_PARTS>& parts) {
  std::string hashes;
  for (const Examples<T>& part : parts) {
    hashes += sha256_of(std::as_bytes(part.x.all()));
    hashes += sha256_of(std::as_bytes(part.t.all()));
    if (part.weight.size() > 0) hashes += sha256_of(std::as_bytes(part.weight.all()));
  }
  return sha256_of(std::as_bytes(std::span(hashes)));
}

template std::array<Examples<float>, NNRUN_PARTS> DataSource::read(Random&, Preparation&);
template std::array<Examples<double>, NNRUN_PARTS> DataSource::read(Random&, Preparation&);
template std::vector<std::pair<double, double>> column_ranges(std::span<const float>, std::size_t);
template std::vector<std::pair<double, double>> column_ranges(std::span<const double>, std::size_t);
template std::string hash_of(const std::array<Examples<float>, NNRUN_PARTS>&);
template std::string hash_of(const std::array<Examples<double>, NNRUN_PARTS>&);

}  // namespace nnrun::host
