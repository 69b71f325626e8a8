// What a config says, as plain values, with everything checked that can be checked without data.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/written_keys.hpp"
#include "loading/object.hpp"
namespace nnrun::host {

enum class Dtype { float32 = NNRUN_F32, float64 = NNRUN_F64 };

/// A value with its place in the config, for messages about it.
template <class T>
struct Placed {
  T value{};
  Place place{};
};

struct LayerSpec {
  std::string name;                         ///< given, or `dense_1`: type and count of that type
  Use layer, activation;                    ///< activation may be empty
  Use init, bias_init;                      ///< for blocks of role weights and bias
  Use regularizer, bias_regularizer;        ///< may be empty
  std::vector<Placed<std::string>> inputs;  ///< names of layers, or `input`; never empty
  bool frozen = false;                      ///< its parameters and its state stay as they are
  double learning_rate_factor = 1;          ///< of its parameters; 0: frozen
  Place place;                              ///< of the layer's entry
};

/// How the training part of a data set is cut. The numbers are fractions of it; 0: nothing is cut
/// off.
struct Split {
  double validation = 0, test = 0;
  /// Held out as the test part is fold number `fold`, from 1, of `folds`, and what `test` cuts off
  /// is left alone. 0: there are no folds.
  std::size_t folds = 0, fold = 0;
  bool shuffle = true;  ///< draw the examples by the stream `split`; false: take them from the end
  bool stratify = false;      ///< keep the proportions of the classes
  std::size_t test_seed = 0;  ///< by which `test` is drawn; 0: by that of the run
};

/// What is done to each input of the network, fitted on the training part.
enum class Scale {
  none,
  standard /* mean 0, deviation 1 */,
  min_max /* from 0 to 1 */,
  robust /* median 0, from quartile to quartile 1 */
};
/// What is done to targets, and undone in what the network answers.
enum class TargetScale { none, standard, min_max, log /* the logarithm, then standard */ };

enum class ColumnType { as_found, number, category, unused };
/// What is put in place of a missing value.
enum class MissingRule { error, drop, mean, median, most_frequent, constant };
/// What a text becomes that the training file does not have.
enum class UnknownRule { error, ignore /* no text at all */, other /* an input of its own */ };

/// What a config says of one column of the data.
struct ColumnRule {
  Placed<std::string> name;
  ColumnType type = ColumnType::as_found;
  MissingRule missing = MissingRule::error;
  std::string constant;    ///< for MissingRule::constant
  bool indicator = false;  ///< one more input: 1 where the value was missing
  std::optional<Scale> scale;
  UnknownRule unknown = UnknownRule::error;
  char decimal = '\0';  ///< before its fractions, if they are not written as the data set says
  std::vector<std::string> gaps{};  ///< that mean a missing value here, beside those of the data
};

/// How one target is scaled.
struct TargetRule {
  Placed<std::string> name;
  TargetScale scale = TargetScale::none;
};

/// `data.windows`: the rows are a series, and an example is some of them in a row.
struct WindowSpec {
  std::size_t length = 0;   ///< rows of an example
  std::size_t horizon = 1;  ///< how many rows behind the last of them its target is
  std::size_t stride = 1;   ///< rows from the start of one example to that of the next
  /// The column that says to which series a row belongs, of which no window leaves one; may be
  /// empty: all rows are one.
  Placed<std::string> group;

  /// Returns how many rows an example reaches over, with that of its target.
  std::size_t reach() const { return length + horizon; }
  /// Returns how many examples some rows make.
  std::size_t count_in(std::size_t rows) const {
    return rows < reach() ? 0 : (rows - reach()) / stride + 1;
  }
};

/// `data`
struct DataSpec {
  Use use;
  Split split;
  /// x, x^2, x*y, sin(x), cos(x) of the data's inputs; empty: the inputs themselves
  std::vector<Placed<std::string>> features;
  Scale scale = Scale::none;
  TargetScale target_scale = TargetScale::none;  ///< of all targets
  std::vector<TargetRule> target_scales;  ///< of some, by name, instead: others are not scaled
  Placed<std::string> positive;  ///< of two classes, that which 1 stands for; empty: the last
  /// The classes of the target, from the lowest to the highest; empty: they have no order.
  std::vector<Placed<std::string>> order;
  std::optional<WindowSpec> windows;
  std::vector<Use> augment;  ///< what is done to the inputs of training examples, in this order
  std::vector<ColumnRule> columns;
  Placed<std::string> weights;  ///< the column that says what an example counts; may be empty
};

/// A layer that starts from the numbers of a file.
struct TakenLayer {
  Placed<std::string> name;
  std::string in_file;  ///< its name there
};
/// `model.weights`: the numbers to start from.
struct WeightsSpec {
  Placed<std::filesystem::path> file;       ///< may be empty
  std::vector<TakenLayer> layers;           ///< the only ones that start from it; empty: all do
  std::vector<Placed<std::string>> except;  ///< or all but these

  bool is_given() const { return !file.value.empty(); }
  /// Returns whether every layer starts from the file, and the file has nothing else.
  bool is_whole() const { return layers.empty() && except.empty(); }
};

/// `model`
struct ModelSpec {
  Placed<std::vector<std::size_t>> input;  ///< shape of an example, one to four sizes
  WeightsSpec weights;
  std::vector<LayerSpec> layers;
};

struct OptimizerSpec {
  Use use;
  double learning_rate = 0;
};

/// The factor of the learning rate: a line from 0 for `warmup` steps, then the schedule.
struct ScheduleSpec {
  Use use;  ///< may be empty
  std::uint64_t warmup = 0;
  Placed<std::string> monitor;  ///< a column of metrics.csv, such as val.cost; empty: the cost
};

struct EarlyStopping {
  Placed<std::string> monitor;  ///< as above
  std::size_t patience = 0;
  double min_delta = 0;
  bool restore_best = false;
};

/// What a run keeps so that it can go on after it was killed.
struct CheckpointSpec {
  Placed<std::string> every{"30 s", {}};  ///< see checkpoint_interval
  std::size_t keep = 2;                   ///< the newest
  Placed<std::string> best;               ///< a column of metrics.csv; empty: none is watched
};

/// An order of the examples by blocks of neighbours, some of which are shuffled together.
struct BlockShuffle {
  std::size_t blocks = 0;         ///< that are shuffled together; 0: examples are drawn one by one
  std::size_t block_size = 1024;  ///< examples that lie side by side in the data
  static constexpr std::size_t usual = 64;
  bool is_given() const { return blocks > 0; }
};

/// `train`
struct TrainSpec {
  Use cost, gradient;
  /// What a sum of costs is divided by: `examples` or `weights`; empty: weights if data.weights is
  /// given, else examples.
  std::string mean_over;
  OptimizerSpec optimizer;
  std::size_t batch_size = 32, epochs = 1;
  Placed<std::size_t> shards{1, {}};  ///< that a batch is cut into: a power of two
  bool epochs_given = false;          ///< otherwise as many as `steps` needs
  std::uint64_t steps = 0;  ///< training ends after this many, even within an epoch; 0: no limit
  std::uint64_t max_examples = 0;  ///< as `steps`
  double max_seconds = 0;          ///< the same in seconds of training
  bool shuffle = true;
  BlockShuffle shuffle_blocks;
  ScheduleSpec schedule;
  double clip_value = 0, clip_norm = 0;  ///< 0: not at all
  std::optional<EarlyStopping> early_stopping;
  CheckpointSpec checkpoint;
  bool measure_after = false;  ///< training scores by a pass after each epoch, and before the first
};

/// A library that the config names.
struct PluginFile {
  std::filesystem::path file;  ///< absolute
  std::string sha256;          ///< that it must have; may be empty
};

/// A key that a sweep changes: to each of its values, or to numbers drawn from a range.
struct SweepKey {
  std::string path;
  Place place;
  std::vector<std::string> values = {};  ///< as YAML
  bool is_range = false, logarithmic = false, whole = false;
  double min = 0, max = 0;
};
struct SweepSpec {
  std::vector<SweepKey> keys;
  std::size_t random = 0;  ///< how many points are drawn; 0: all
};

/// A value of a row as it is written in a table, or would be.
struct WrittenValue {
  std::string text;     ///< empty: the value is missing
  bool quoted = false;  ///< a text, even if it looks like a number
  Place place{};
  bool is_text = false;  ///< of a column of texts; known with the columns
};

/// A row of `predict`.
struct PredictRow {
  Place place;
  /// One for each column of the data, NaN: missing; of a table, known with its columns.
  std::vector<double> numbers{};
  std::vector<WrittenValue> values{};  ///< of a table: as they are written; empty for other data
  std::vector<std::string> columns{};  ///< of the values, where they are given by name
};

struct Experiment {
  std::filesystem::path file;
  std::string name;
  std::uint64_t seed = 0;
  Dtype dtype = Dtype::float32;
  Use random;
  std::vector<PluginFile> plugins;

  DataSpec data;
  ModelSpec model;
  TrainSpec train;
  std::vector<Use> metrics;
  std::vector<PredictRow> predict;

  SweepSpec sweep;  ///< for nnrun sweep; not part of a run

  std::vector<std::shared_ptr<const Source>> sources;  ///< every file that was read, as written
  std::shared_ptr<const WrittenKeys> written = std::make_shared<WrittenKeys>();

  /// Returns the numbers of the rows of `predict`. Of a table, a trainer's experiment has them.
  std::vector<std::vector<double>> predict_rows() const {
    std::vector<std::vector<double>> rows;
    for (const PredictRow& row : predict) rows.push_back(row.numbers);
    return rows;
  }
};

/// What the command line adds to a config.
struct Override {
  std::string path, value;  ///< `--set path=value`; the value is YAML
};

/// Reads a config: files, `extends`, overrides, environment, the plugin libraries that it names
/// (loaded into the registry), every key and every setting. Throws ConfigError with up to 20
/// problems, or PluginError for a library that cannot be loaded.
Experiment read_experiment(const std::filesystem::path& file,
                           const std::vector<Override>& overrides, Registry& registry);
/// The same of a text that came without a file, which extends none; its paths are relative to the
/// current folder.
Experiment read_experiment(const std::shared_ptr<const Source>& text,
                           const std::vector<Override>& overrides, Registry& registry);

/// Returns the config with every default written out, as YAML that reads back to the same
/// experiment from any folder (paths are absolute).
std::string resolved_yaml(const Experiment& experiment);

/// Returns as YAML what the use of the trained network needs: no path, nothing of how it learned.
std::string yaml_for_use(const Experiment& experiment);
/// Reads what yaml_for_use wrote into a model's file, with overrides. Files that it names are not
/// there: such settings of the data are empty unless an override gives them. Throws as
/// read_experiment does, and ConfigError for a text that names a file to be opened.
Experiment read_for_use(const std::shared_ptr<const Source>& config,
                        const std::vector<Override>& overrides, Registry& registry);

/// Returns the same as a flat list of `train.batch_size` → `1`, for comparing two configs.
std::map<std::string, std::string> resolved_keys(const Experiment& experiment);
/// Returns this list as a resolved config has it written, without loading the libraries that it
/// names. Throws ConfigError, or RecordError if the file cannot be read.
std::map<std::string, std::string> written_keys(const std::filesystem::path& file);
/// The same of a text, which extends no file.
std::map<std::string, std::string> written_keys(const std::shared_ptr<const Source>& config);

/// Returns the experiment without what may differ when a run goes on: how long it trains, which
/// checkpoints it keeps, what it predicts in the end. The rest decides every number on the way.
Experiment course_of(Experiment experiment);

}  // namespace nnrun::host
