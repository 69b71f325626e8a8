// The keys of a config, from the top: tree in, Experiment out.
#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/text.hpp"
#include "config/compose.hpp"
#include "config/experiment.hpp"
#include "config/fields.hpp"
#include "config/layers.hpp"
#include "config/paths.hpp"
#include "config/sweep.hpp"
#include "config/uses.hpp"
namespace nnrun::host {
namespace {

/// The name of a run is the name of its folder.
bool is_run_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 100 && name.front() != '.' &&
         std::ranges::all_of(name, fits);
}

std::string run_name_of(const std::filesystem::path& file) {
  std::string name = file.stem().string().substr(0, 100);
  for (char& c : name)
    if (!is_run_name(std::string{'a', c})) c = '_';
  if (!is_run_name(name)) name.insert(0, "run");
  return name;
}

class ExperimentReader {
 public:
  ExperimentReader(Registry& registry, Problems& problems)
      : registry_(registry), problems_(problems) {}

  Experiment read(const Composed& composed, const std::filesystem::path& file) {
    e_.file = file;
    e_.sources = composed.sources;
    nowhere_.source = composed.sources.front();
    Fields root(&composed.root, nowhere_, "the config", "key", problems_);
    if (const ConfigNode* const plugins = root.take("plugins")) load_plugins(*plugins);
    e_.name = name(root, file);
    e_.seed = static_cast<std::uint64_t>(root.take(whole_number("seed", 0), std::int64_t{0}));
    e_.random = use("random", root.take("random"), "philox");
    e_.dtype = dtype(root);
    root.take("extends");  // composed already; here for whoever misspells it
    if (const ConfigNode* const data = root.require("data", hint_of("dataset"))) read_data(*data);
    if (root.require("model", "write model: {input: 2, layers: [{type: dense, units: 1}]}"))
      read_model(root);
    if (root.require("train", "write train: {cost: NAME}")) read_train(root);
    if (const ConfigNode* const metrics = root.take("metrics")) read_metrics(*metrics);
    if (const ConfigNode* const predict = root.take("predict")) read_predict(*predict);
    if (const ConfigNode* const sweep = root.take("sweep"))
      e_.sweep = read_sweep(*sweep, problems_);
    root.refuse_rest();
    return std::move(e_);
  }

 private:
  Use use(std::string_view kind, const ConfigNode* node, std::string_view fallback) {
    return read_use(kind, node, fallback, nowhere_, registry_, problems_);
  }

  std::string hint_of(std::string_view kind) const {
    return did_you_mean("", registry_.names(kind));
  }

  std::string name(Fields& root, const std::filesystem::path& file) {
    const ConfigNode* const node = root.take("name");
    if (!node) return run_name_of(file);
    const auto value = read_value(*node, text("name"), problems_);
    if (value && !is_run_name(std::get<std::string>(*value)))
      problems_.add(node->place, "a run cannot be called " + described(*node),
                    "use letters, digits, '_', '-' and '.': it is the name of a folder");
    return value ? std::get<std::string>(*value) : std::string();
  }

  Dtype dtype(Fields& root) {
    constexpr std::array<const char*, 2> names{"float32", "float64"};
    nnrun_setting setting = text("dtype");
    setting.choices = names.data();
    setting.n_choices = names.size();
    return root.take(setting, std::string("float32")) == "float64" ? Dtype::float64
                                                                   : Dtype::float32;
  }

  // ---- plugins ----

  void load_plugins(const ConfigNode& list) {
    const char* const hint = "write plugins: [path/to/library.so]";
    if (!list.is(ConfigNode::Kind::list))
      return problems_.add(list.place, "'plugins' must be a list of paths, not " + described(list),
                           hint);
    for (const ConfigNode& item : list.items) {
      Fields fields(item.is(ConfigNode::Kind::map) ? &item : nullptr, item.place, "a plugin", "key",
                    problems_);
      const ConfigNode* const path =
          item.is(ConfigNode::Kind::map) ? fields.require("path", hint) : &item;
      const Pin pin = pin_of(fields.take("sha256"));
      fields.refuse_rest();
      if (path) load_plugin(*path, pin);
    }
  }

  /// Throws where it is none: a library that may be another one is not loaded.
  Pin pin_of(const ConfigNode* node) {
    if (!node) return {};
    const auto value = read_value(*node, text("sha256"), problems_);
    std::string sha256 = value ? std::get<std::string>(*value) : std::string();
    for (char& c : sha256)
      if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (sha256.size() != 64 || !std::ranges::all_of(sha256, is_digit))
      throw ConfigError(
          problem_at(node->place, "'sha256' must be 64 hexadecimal digits, not " + described(*node),
                     "nnrun plugins LIBRARY.so prints them"));
    return {sha256, node->place};
  }

  void load_plugin(const ConfigNode& node, const Pin& pin) {
    nnrun_setting setting = text("path");
    setting.type = NNRUN_PATH;
    setting.flags = NNRUN_REQUIRED;
    const auto path = read_value(node, setting, problems_);
    if (!path) return;
    const std::filesystem::path file = std::get<std::string>(*path);
    registry_.load(file, node.place, pin);
    e_.plugins.push_back({file, pin.sha256});
  }

  // ---- data ----

  void read_data(const ConfigNode& node) {
    Chosen data("dataset", &node, "", node.place, registry_, problems_);
    Fields split = data.fields().inner("split", "validation: 0.2");
    e_.data.split.validation = fraction(split, "validation");
    e_.data.split.test = fraction(split, "test");
    e_.data.split.shuffle = split.take(true_or_false("shuffle"), true);
    e_.data.split.stratify = split.take(true_or_false("stratify"), false);
    split.refuse_rest();
    read_preparation(data.fields());
    if (e_.data.split.validation + e_.data.split.test >= 1)
      problems_.add(split.place(), "'validation' and 'test' together leave nothing to train on",
                    "their sum must be below 1");
    e_.data.use = data.use();
  }

  void read_preparation(Fields& data) {
    constexpr std::array<const char*, 3> names{"none", "standard", "min_max"};
    nnrun_setting scale = text("scale");
    scale.choices = names.data();
    scale.n_choices = names.size();
    const std::string chosen = data.take(scale, std::string(names[0]));
    e_.data.scale = static_cast<Scale>(std::ranges::find(names, chosen) - names.begin());

    nnrun_setting features = text("features");
    features.type = NNRUN_STRINGS;
    const ConfigNode* const list = data.take("features");
    const auto texts = list ? read_value(*list, features, problems_) : std::nullopt;
    if (!texts) return;
    const auto& written = std::get<std::vector<std::string>>(*texts);
    for (std::size_t i = 0; i < written.size(); ++i)
      e_.data.features.push_back({written[i], list->items[i].place});
  }

  static double fraction(Fields& split, const char* name) {
    nnrun_setting setting = text(name);
    setting.type = NNRUN_FLOAT;
    setting.flags = NNRUN_BELOW_MAX;
    setting.min = 0;
    setting.max = 1;
    return split.take(setting, 0.0);
  }

  // ---- model ----

  void read_model(Fields& root) {
    Fields model = root.inner("model", "input: 2, layers: [...]");
    if (const ConfigNode* const input = model.require("input", "write input: 2"))
      read_input(*input);
    if (const ConfigNode* const weights = model.take("weights")) {
      nnrun_setting setting = text("weights");
      setting.type = NNRUN_PATH;
      e_.model.weights.place = weights->place;
      if (const auto path = read_value(*weights, setting, problems_))
        e_.model.weights.value = std::get<std::string>(*path);
    }
    e_.model.layers = read_layers(model, registry_, problems_);
    model.refuse_rest();
  }

  void read_input(const ConfigNode& input) {
    e_.model.input.place = input.place;
    const auto add = [this](const ConfigNode& node) {
      if (const auto size = read_value(node, whole_number("input", 1), problems_))
        e_.model.input.value.push_back(static_cast<std::size_t>(std::get<std::int64_t>(*size)));
    };
    if (!input.is(ConfigNode::Kind::list)) return add(input);
    if (input.items.empty() || input.items.size() > NNRUN_MAX_RANK)
      return problems_.add(
          input.place, "'input' must have 1 to 4 sizes, not " + std::to_string(input.items.size()),
          "write input: 2, or input: [height, width, channels]");
    std::ranges::for_each(input.items, add);
    if (e_.model.input.value.size() != input.items.size()) e_.model.input.value.clear();
  }

  // ---- train ----

  void read_train(Fields& root) {
    Fields train = root.inner("train", "cost: NAME");
    if (const ConfigNode* const cost = train.require("cost", hint_of("cost")))
      e_.train.cost = use("cost", cost, "");
    e_.train.gradient = use("gradient", train.take("gradient"), "backprop");
    read_optimizer(train.take("optimizer"));
    e_.train.batch_size = size(train, "batch_size", 1, e_.train.batch_size);
    const ConfigNode* const epochs = train.written("epochs");
    e_.train.epochs_given = epochs && !epochs->is(ConfigNode::Kind::null);
    e_.train.epochs = size(train, "epochs", 0, e_.train.epochs);
    e_.train.steps = size(train, "steps", 1, 0);
    e_.train.max_examples = size(train, "max_examples", 1, 0);
    e_.train.max_seconds = train.take(number_above_zero("max_seconds"), 0.0);
    e_.train.shuffle = train.take(true_or_false("shuffle"), e_.train.shuffle);
    read_schedule(train.take("schedule"));
    e_.train.clip_value = train.take(number_above_zero("clip_value"), 0.0);
    e_.train.clip_norm = train.take(number_above_zero("clip_norm"), 0.0);
    if (train.take("early_stopping")) read_early_stopping(train);
    constexpr std::array<const char*, 2> ways{"while_training", "after_epoch"};
    nnrun_setting measure = text("measure");
    measure.choices = ways.data();
    measure.n_choices = ways.size();
    e_.train.measure_after = train.take(measure, std::string(ways[0])) == ways[1];
    train.refuse_rest();
  }

  void read_schedule(const ConfigNode* node) {
    if (!node) return;
    Chosen schedule("schedule", node, "constant", nowhere_, registry_, problems_);
    e_.train.schedule.warmup = size(schedule.fields(), "warmup", 0, 0);
    e_.train.schedule.monitor = monitor(schedule.fields());
    e_.train.schedule.use = schedule.use();
  }

  void read_early_stopping(Fields& train) {
    Fields stopping = train.inner("early_stopping", "monitor: val.cost, patience: 10");
    EarlyStopping& out = e_.train.early_stopping.emplace();
    out.monitor = monitor(stopping);
    out.patience = size(stopping, "patience", 0, 0);
    nnrun_setting min_delta = text("min_delta");
    min_delta.type = NNRUN_FLOAT;
    min_delta.min = 0;
    out.min_delta = stopping.take(min_delta, 0.0);
    out.restore_best = stopping.take(true_or_false("restore_best"), false);
    stopping.refuse_rest();
  }

  /// A column of metrics.csv; whether there is one is known when the data is.
  Placed<std::string> monitor(Fields& fields) {
    const ConfigNode* const node = fields.take("monitor");
    const auto value = node ? read_value(*node, text("monitor"), problems_) : std::nullopt;
    return value ? Placed<std::string>{std::get<std::string>(*value), node->place}
                 : Placed<std::string>{};
  }

  static nnrun_setting number_above_zero(const char* name) {
    nnrun_setting setting = text(name);
    setting.type = NNRUN_FLOAT;
    setting.flags = NNRUN_ABOVE_MIN;
    setting.min = 0;
    return setting;
  }

  static std::size_t size(Fields& fields, const char* name, double min, std::size_t fallback) {
    const auto initial = static_cast<std::int64_t>(fallback);
    return static_cast<std::size_t>(fields.take(whole_number(name, min), initial));
  }

  void read_optimizer(const ConfigNode* node) {
    Chosen optimizer("optimizer", node, "sgd", nowhere_, registry_, problems_);
    const Class* const plugin = optimizer.plugin();
    const double initial =
        plugin ? static_cast<const nnrun_optimizer*>(plugin->table->functions)->learning_rate : 0;
    e_.train.optimizer.learning_rate =
        optimizer.fields().take(number_above_zero("learning_rate"), initial);
    e_.train.optimizer.use = optimizer.use();
  }

  // ---- after training ----

  void read_metrics(const ConfigNode& list) {
    if (!list.is(ConfigNode::Kind::list))
      return problems_.add(list.place, "'metrics' must be a list, not " + described(list),
                           "write metrics: [" + (list.text.empty() ? "accuracy" : list.text) + "]");
    for (const ConfigNode& item : list.items) {
      if (item.is(ConfigNode::Kind::null)) {
        problems_.add(item.place, "a metric is missing here", hint_of("metric"));
        continue;
      }
      Use metric = use("metric", &item, "");
      if (metric && std::ranges::any_of(e_.metrics, [&](const Use& known) {
            return known.plugin == metric.plugin && known.settings == metric.settings;
          }))
        problems_.add(item.place, "metric '" + metric.plugin->name + "' is given twice",
                      "delete one of the two");
      e_.metrics.push_back(std::move(metric));
    }
  }

  void read_predict(const ConfigNode& list) {
    const char* const hint = "write predict: [[0.5, 0.1], [0.3, 0.7]]";
    if (!list.is(ConfigNode::Kind::list))
      return problems_.add(list.place, "'predict' must be a list of rows, not " + described(list),
                           hint);
    std::size_t inputs = 1;
    for (const std::size_t n : e_.model.input.value)
      inputs = n > std::numeric_limits<std::size_t>::max() / inputs ? 0 : inputs * n;
    nnrun_setting setting = text("predict");
    setting.type = NNRUN_FLOATS;
    for (const ConfigNode& item : list.items) {
      if (!item.is(ConfigNode::Kind::list) && !item.is(ConfigNode::Kind::broken)) {
        problems_.add(item.place,
                      "a row of 'predict' must be a list of numbers, not " + described(item), hint);
        continue;
      }
      auto row = read_value(item, setting, problems_);
      if (!row) continue;
      auto& numbers = std::get<std::vector<double>>(*row);
      // features have inputs of their own number: it is compared when the data are there
      if (!e_.model.input.value.empty() && e_.data.features.empty() && numbers.size() != inputs)
        problems_.add(item.place,
                      "a row of 'predict' needs " + std::to_string(inputs) +
                          (inputs == 1 ? " number" : " numbers") + ", this one has " +
                          std::to_string(numbers.size()),
                      "one number per input, as model.input says");
      e_.predict.push_back({std::move(numbers), item.place});
    }
  }

  Registry& registry_;
  Problems& problems_;
  Place nowhere_;  // of what is not written: the config as a whole
  Experiment e_;
};

}  // namespace

Experiment read_experiment(const std::filesystem::path& file,
                           const std::vector<Override>& overrides, Registry& registry) {
  Problems problems;
  Experiment experiment;
  try {
    const Composed composed = compose(file, overrides, problems);
    experiment = ExperimentReader(registry, problems).read(composed, file);
  } catch (const ConfigError& error) {  // of a text that is no tree: nothing more can be said
    for (const Problem& problem : error.problems()) problems.add(problem);
  }
  problems.throw_if_any();
  return experiment;
}

}  // namespace nnrun::host
