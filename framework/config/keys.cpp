#include "config/keys.hpp"

#include <array>

#include "config/key_row.hpp"
#include "loading/setting.hpp"
namespace nnrun::host {
namespace row {
namespace {

constexpr std::array dtypes{"float32", "float64"};
constexpr std::array scales{"none", "standard", "min_max", "robust"};
constexpr std::array column_types{"as_found", "number", "category", "unused"};
constexpr std::array decimals{".", ","};
constexpr std::array unknowns{"error", "ignore", "other"};
constexpr std::array target_scales{"none", "standard", "min_max", "log"};
constexpr std::array means{"examples", "weights"};
constexpr std::array ways_to_measure{"while_training", "after_epoch"};
constexpr std::string_view range_hint = "write {min: 0.001, max: 1, log: true}";

constexpr auto data = &Experiment::data;
constexpr auto model = &Experiment::model;
constexpr auto train = &Experiment::train;

constexpr std::array table{
    special("name", NNRUN_STRING,
            "name of the run and of its folder below runs/; if missing, the name of the file"),
    value<&Experiment::seed>("seed", "the same seed gives the same start, data and order",
                             {.min = 0}),
    use<&Experiment::random>("random", "random", "philox", "generator of random numbers"),
    choice<dtypes, &Experiment::dtype>("dtype", "type of the network's numbers"),
    special("extends", 0, "path of the config that this one changes, or a list of paths"),
    special("plugins", 0, "libraries to load: a list of paths, or of {path, sha256}", {},
            "write plugins: [path/to/library.so]"),
    special("plugins[].path", NNRUN_PATH, "path of the library", required),
    special("plugins[].sha256", NNRUN_STRING, "checksum that the library must have"),

    use<data, &DataSpec::use>("data", "dataset", "", "data set and its settings", required),
    value<data, &DataSpec::features>(
        "data.features",
        "what the network sees instead of the inputs: x, x^2, x*y, sin(x), cos(x)"),
    choice<scales, data, &DataSpec::scale>(
        "data.scale", "how each input is scaled; fitted on the training part, kept in the model"),
    choice<target_scales, data, &DataSpec::target_scale>(
        "data.target_scale",
        "how numbers to predict are scaled for training, or a map: {price: log, area: standard}; "
        "log: the logarithm, then standard; undone in answers and metrics, not in the cost"),
    value<data, &DataSpec::positive>(
        "data.positive",
        "of two classes, the one that is 1 where the network has one output; if missing, the last"),
    value<data, &DataSpec::order>(
        "data.order",
        "the classes of the target from the lowest to the highest: the network has one output "
        "less, each of which says how likely a higher class is"),
    special("data.columns", 0,
            "for some columns of a table, by name: their type, or a map of what to do with them",
            {}, "write columns: {age: {missing: median}, city: category}"),
    special_choice<column_types>("data.columns[].type",
                                 "what it holds; category: texts, an input for each of them"),
    special("data.columns[].missing", NNRUN_STRING,
            "in place of missing values: error, drop (the row is left out), mean, median, "
            "most_frequent, or {constant: 0}; fitted on the training part"),
    special("data.columns[].indicator", NNRUN_BOOL,
            "one more input: 1 where the value was missing, else 0"),
    special_choice<scales>("data.columns[].scale", "how it is scaled; if missing, as data.scale"),
    special_choice<unknowns>(
        "data.columns[].unknown",
        "what a text becomes that the training file does not have; ignore: none "
        "of the known ones; other: an input of its own"),
    special_choice<decimals>(
        "data.columns[].decimal",
        "point or comma: what stands before the fraction of its numbers; the other may stand "
        "between thousands; if missing, they are written as those of other columns"),
    special(
        "data.columns[].gaps", NNRUN_STRINGS,
        "fields or numbers that mean a missing value in this column, beside those of data.gaps: "
        "[0], say"),
    value<data, &DataSpec::weights>(
        "data.weights",
        "column that says what each example counts in the cost, from 0 up; not an input"),
    map("data.windows", "write windows: {length: 24}",
        "the rows are a series, in the order of time, and an example is some of them in a row; "
        "parts are cut by time"),
    value<data, &DataSpec::windows, &WindowSpec::length>("data.windows.length",
                                                         "rows of an example", {.min = 1}),
    value<data, &DataSpec::windows, &WindowSpec::horizon>(
        "data.windows.horizon",
        "how many rows behind the last of them the target is; if not 0, numbers that are targets "
        "are inputs too, as far as they are known by then",
        {.min = 0}),
    value<data, &DataSpec::windows, &WindowSpec::stride>(
        "data.windows.stride", "rows from the start of one example to that of the next",
        {.min = 1}),
    value<data, &DataSpec::windows, &WindowSpec::group>(
        "data.windows.group",
        "column that says to which series a row belongs, where a file holds several: windows stay "
        "within a series, and each is cut by time; not an input unless `columns` makes it one"),
    list_of_classes("data.augment", "augmentation", "write augment: [{type: shift, pixels: 2}]",
                    "list of what is done by chance to the inputs of training examples, anew in "
                    "every epoch; never to those of other parts"),
    map("data.split", "write split: {validation: 0.2}", "what is cut from the training part"),
    value<data, &DataSpec::split, &Split::validation>(
        "data.split.validation", "fraction of the training part that is cut for validation", share),
    value<data, &DataSpec::split, &Split::test>(
        "data.split.test", "fraction of the training part that is cut for the test", share),
    value<data, &DataSpec::split, &Split::shuffle>(
        "data.split.shuffle", "draw these examples at random; false: take them from the end"),
    value<data, &DataSpec::split, &Split::stratify>(
        "data.split.stratify", "keep the proportions of the classes in every part"),
    value<data, &DataSpec::split, &Split::test_seed>(
        "data.split.test_seed",
        "seed by which 'test' is drawn, so that the part is the same for every seed of the run; if "
        "missing, that seed",
        {.min = 1}),
    value<data, &DataSpec::split, &Split::folds>(
        "data.split.folds",
        "into how many folds the training part is cut, of which one is the test part; for all in "
        "turn: nnrun compare --folds",
        {.min = 2}),
    value<data, &DataSpec::split, &Split::fold>("data.split.fold",
                                                "which fold is the test part, from 1", {.min = 1}),

    map("model", "write model: {input: 2, layers: [{type: dense, units: 1}]}", "the network",
        required),
    special("model.input", NNRUN_INT,
            "how many numbers an example has, or a list of one to four sizes; if missing, as the "
            "data say",
            {.min = 1}),
    special("model.weights", NNRUN_PATH,
            "parameters to start from: a safetensors file, the folder of a run, or a map", {},
            "write weights: runs/first/0001, or {file: runs/first/0001, except: [dense_3]}"),
    special("model.weights.file", NNRUN_PATH, "safetensors file, or the folder of a run", required,
            "write {file: runs/first/0001, except: [dense_3]}"),
    special("model.weights.layers", NNRUN_STRINGS,
            "the only layers that start from it, a list, or a map to their names there: {dense_1: "
            "fc1}"),
    special("model.weights.except", NNRUN_STRINGS, "layers that start anew, by their init"),
    special("model.defaults", 0, "classes and settings for every layer that does not give its own",
            {}, "write defaults: {activation: relu}"),
    list_of_classes("model.layers", "layer", "write a list: - {type: dense, units: 5}",
                    "list of layers; the output is the one that no other layer reads", required),
    special("model.layers[].name", NNRUN_STRING,
            "name of the layer; if missing, its type and count: dense_1"),
    special("model.layers[].inputs", NNRUN_STRINGS,
            "names of the layers that it reads; if missing, the one before it"),
    layer_use(&LayerSpec::activation, "model.layers[].activation", "activation", "",
              "function that its outputs go through, or none"),
    layer_use(&LayerSpec::init, "model.layers[].init", "initializer", "glorot_uniform",
              "how its weights start"),
    layer_use(&LayerSpec::bias_init, "model.layers[].bias_init", "initializer", "zeros",
              "how its biases start"),
    layer_use(&LayerSpec::regularizer, "model.layers[].regularizer", "regularizer", "",
              "penalty on its weights, or none"),
    layer_use(&LayerSpec::bias_regularizer, "model.layers[].bias_regularizer", "regularizer", "",
              "penalty on its biases, or none"),
    special("model.layers[].frozen", NNRUN_BOOL,
            "training leaves its numbers as they are; batch_norm works as in use"),
    special("model.layers[].learning_rate_factor", NNRUN_FLOAT,
            "its learning rate is that of the optimizer times this; 0: frozen", {.min = 0}),

    map("train", "write train: {cost: NAME}", "how the network is trained", required),
    use<train, &TrainSpec::cost>("train.cost", "cost", "",
                                 "summed over the outputs of an example, averaged over a batch",
                                 required),
    optional_choice<means, train, &TrainSpec::mean_over>(
        "train.mean_over",
        "what the costs of a batch, or of a part, are divided by: the number of examples, or the "
        "sum of what they and their classes count; if missing, weights if data.weights is given, "
        "else examples"),
    use<train, &TrainSpec::gradient>("train.gradient", "gradient", "backprop",
                                     "how the gradient is computed"),
    use<train, &TrainSpec::optimizer, &OptimizerSpec::use>("train.optimizer", "optimizer", "sgd",
                                                           "how a step follows from the gradient"),
    value<train, &TrainSpec::optimizer, &OptimizerSpec::learning_rate>(
        "train.optimizer.learning_rate", "how far a step goes", above_zero),
    value<train, &TrainSpec::batch_size>(
        "train.batch_size", "examples per step; the last batch of an epoch may be smaller",
        {.min = 1}),
    value<train, &TrainSpec::shards>(
        "train.shards",
        "a power of two: a batch is cut into so many, whose gradients are added in one fixed "
        "order, and which several processes can share (--exchange); batch_norm sees a shard at a "
        "time",
        {.min = 1, .max = 1024}),
    value<train, &TrainSpec::epochs>("train.epochs", "passes over the training part", {.min = 0}),
    value<train, &TrainSpec::steps>(
        "train.steps", "training ends after this many steps, even within an epoch", {.min = 1}),
    value<train, &TrainSpec::max_examples>(
        "train.max_examples", "training ends after this many examples, even within an epoch",
        {.min = 1}),
    value<train, &TrainSpec::max_seconds>(
        "train.max_seconds", "training ends after this many seconds, even within an epoch",
        above_zero),
    value<train, &TrainSpec::shuffle>(
        "train.shuffle",
        "a new order of the examples in every epoch; or a map: {blocks: 64}, for data that are "
        "larger than memory: only so many blocks of neighbours are shuffled together"),
    value<train, &TrainSpec::shuffle_blocks, &BlockShuffle::blocks>(
        "train.shuffle.blocks",
        "how many blocks, drawn from all of the data, are shuffled together", {.min = 1}),
    value<train, &TrainSpec::shuffle_blocks, &BlockShuffle::block_size>(
        "train.shuffle.block_size", "examples of a block, which lie side by side in the data",
        {.min = 1}),
    use<train, &TrainSpec::schedule, &ScheduleSpec::use>(
        "train.schedule", "schedule", "constant",
        "factor of the learning rate over the course of training"),
    value<train, &TrainSpec::schedule, &ScheduleSpec::warmup>(
        "train.schedule.warmup",
        "steps over which the learning rate rises from 0; the schedule begins after them",
        {.min = 0}),
    value<train, &TrainSpec::schedule, &ScheduleSpec::monitor>(
        "train.schedule.monitor",
        "column of metrics.csv to watch, such as val.cost; if missing, the cost"),
    value<train, &TrainSpec::clip_value>("train.clip_value",
                                         "limit for each number of the gradient", above_zero),
    value<train, &TrainSpec::clip_norm>("train.clip_norm", "limit for the length of the gradient",
                                        above_zero),
    map("train.early_stopping", "write early_stopping: {monitor: val.cost, patience: 10}",
        "ends training when there is no more improvement"),
    value<train, &TrainSpec::early_stopping, &EarlyStopping::monitor>(
        "train.early_stopping.monitor",
        "column of metrics.csv to watch, such as val.cost; if missing, the cost"),
    value<train, &TrainSpec::early_stopping, &EarlyStopping::patience>(
        "train.early_stopping.patience",
        "epochs without improvement that are tolerated (Keras: one less)", {.min = 0}),
    value<train, &TrainSpec::early_stopping, &EarlyStopping::min_delta>(
        "train.early_stopping.min_delta", "smallest change that counts as an improvement",
        {.min = 0}),
    value<train, &TrainSpec::early_stopping, &EarlyStopping::restore_best>(
        "train.early_stopping.restore_best", "end with the parameters of the best epoch"),
    map("train.checkpoint", "write checkpoint: {every: 10 epochs}, or {every: never}",
        "what is kept on the way, so that a run that was killed can go on"),
    value<train, &TrainSpec::checkpoint, &CheckpointSpec::every>(
        "train.checkpoint.every",
        "steps from one to the next, or a text: 10 epochs, 30 s, 5 min, 1 h, or never"),
    value<train, &TrainSpec::checkpoint, &CheckpointSpec::keep>(
        "train.checkpoint.keep", "how many are kept, the newest ones", {.min = 1}),
    value<train, &TrainSpec::checkpoint, &CheckpointSpec::best>(
        "train.checkpoint.best",
        "column of metrics.csv, such as val.accuracy: the model of its best epoch is kept too"),
    choice<ways_to_measure, train, &TrainSpec::measure_after>(
        "train.measure",
        "when training scores are measured; after_epoch: in a pass after each epoch, and before "
        "the first"),

    list_of_classes("metrics", "metric", "", "list of what is measured besides the cost"),
    special("predict", NNRUN_FLOATS,
            "examples whose outputs are shown at the end; of a table as it has them: [[80, Zurich, "
            "null]], or [{size: 80, city: Zurich, built: null}]",
            {}, "write predict: [[0.5, 0.1], [0.3, 0.7]]"),
    special("sweep", 0, "for nnrun sweep: keys, each with a list of values or a range", {},
            "write sweep: {train.batch_size: [10, 100]}"),
    special("sweep.random", NNRUN_INT,
            "how many points are drawn; if missing, every combination is run", {.min = 1}),
    special("sweep[].min", NNRUN_FLOAT, "smallest number of the range", required, range_hint),
    special("sweep[].max", NNRUN_FLOAT, "largest number of the range", required, range_hint),
    special("sweep[].log", NNRUN_BOOL, "draw evenly by the logarithm"),
    special("sweep[].integer", NNRUN_BOOL, "draw whole numbers"),
};

}  // namespace
}  // namespace row

namespace {

template <class Fits>
std::vector<const Key*> those(Fits fits) {
  std::vector<const Key*> out;
  for (const Key& key : row::table)
    if (fits(key)) out.push_back(&key);
  return out;
}

const Key* find_key(std::string_view path) {
  const auto* const found = std::ranges::find(row::table, path, &Key::path);
  return found == row::table.end() ? nullptr : found;
}

}  // namespace

std::string_view Key::parent() const {
  return path.substr(0, path.size() > name().size() ? path.size() - name().size() - 1 : 0);
}

std::span<const Key> keys() {
  return row::table;
}

std::vector<const Key*> keys_in(std::string_view path) {
  return those([&](const Key& key) { return key.parent() == path; });
}

const Key& key_at(std::string_view path) {
  return *find_key(path);
}

std::vector<const Key*> keys_beside(std::string_view kind) {
  const std::vector<const Key*> owners = those([&](const Key& key) { return key.kind == kind; });
  return those([&](const Key& key) {
    std::string_view parent = key.parent();
    if (parent.ends_with("[]")) parent.remove_suffix(2);
    return std::ranges::find(owners, parent, &Key::path) != owners.end();
  });
}

bool is_given(const Key& key, const Value& value) {
  if (const auto* const n = std::get_if<std::int64_t>(&value))
    return allows(key.setting, static_cast<double>(*n));
  if (const auto* const x = std::get_if<double>(&value)) return allows(key.setting, *x);
  const auto* const text = std::get_if<std::string>(&value);
  return !text || !text->empty();
}

std::optional<Value> default_of(const Key& key) {
  Experiment untouched;
  untouched.data.windows.emplace();
  untouched.train.early_stopping.emplace();
  untouched.train.shuffle_blocks.blocks = BlockShuffle::usual;
  Value value = key.get(untouched);
  return is_given(key, value) ? std::optional(std::move(value)) : std::nullopt;
}

}  // namespace nnrun::host
