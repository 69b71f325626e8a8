// The keys of a config, from the top: tree in, Experiment out.
#include <algorithm>
#include <bit>
#include <limits>
#include <optional>
#include <utility>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "config/checkpoint_interval.hpp"
#include "config/class_order.hpp"
#include "config/columns.hpp"
#include "config/compose.hpp"
#include "config/experiment.hpp"
#include "config/fields.hpp"
#include "config/keys.hpp"
#include "config/layers.hpp"
#include "config/metric_names.hpp"
#include "config/predict_rows.hpp"
#include "config/recorded_files.hpp"
#include "config/sweep.hpp"
#include "config/uses.hpp"
#include "config/weights.hpp"
namespace nnrun::host {
namespace {

/// The name of a run is the name of its folder.
bool is_run_name(std::string_view name) {
  return is_simple_name(name, "_-.") && name.front() != '.';
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
    e_.name = run_name_of(file);
    e_.sources = composed.sources;
    e_.written = std::make_shared<WrittenKeys>(composed.root);
    nowhere_.source = composed.sources.front();
    Fields root(&composed.root, nowhere_, "the config", "key", problems_);
    // classes are looked up below
    if (const ConfigNode* const plugins = root.take("plugins")) load_plugins(*plugins);
    read_keys("", root);
    require_layers(e_.model.weights, e_.model.layers, problems_);
    root.refuse_rest();
    if (missing_plugin_ && problems_.any()) throw *missing_plugin_;
    return std::move(e_);
  }

 private:
  void read_keys(std::string_view path, Fields& fields) {
    for (const Key* const key : keys_in(path)) read_key(*key, fields);
  }

  void read_key(const Key& key, Fields& fields) {
    const ConfigNode* node = fields.take(key.name());
    if (!node && key.required()) node = fields.require(key.name(), hint_of(key));
    if (key.shape == Key::Shape::use) return read_class(key, node);
    if (key.path == "model.layers")  // even if absent: then only the defaults are read
      e_.model.layers = read_layers(node, fields, registry_, problems_);
    if (!node) return;
    if (key.shape == Key::Shape::map) return read_map(key, fields);
    if (key.shape == Key::Shape::special) return read_special(key, *node);
    if (key.path == "data.target_scale" && node->is(ConfigNode::Kind::map)) {
      e_.data.target_scales = read_target_scales(*node, key, problems_);
      return;
    }
    if (key.path == "train.shuffle" && node->is(ConfigNode::Kind::map))
      return read_map(key, fields);
    if (const auto value = read_value(*node, key.setting, problems_))
      key.set(e_, *value, *node);
    else if (key.path == "train.shuffle" && !node->is(ConfigNode::Kind::broken))
      problems_.hint_at_last("or {blocks: 64}, a map, for data that are larger than memory");
  }

  std::string hint_of(const Key& key) const {
    return key.shape == Key::Shape::use ? names_of(key.kind) : std::string(key.hint);
  }
  std::string names_of(std::string_view kind) const {
    return did_you_mean("", registry_.names(kind));
  }

  void read_class(const Key& key, const ConfigNode* node) {
    if (!node && (key.required() || key.kind == "schedule")) return;
    Chosen chosen(key.kind, node, key.fallback, nowhere_, registry_, problems_);
    if (key.kind == "optimizer" && chosen.plugin())
      e_.train.optimizer.learning_rate =
          functions_of<nnrun_optimizer>(*chosen.plugin()).learning_rate;
    read_keys(key.path, chosen.fields());
    key.use_to_set(e_) = chosen.use();
    if (key.path == "data") name_classes_in_order(e_.data, problems_);
  }

  void read_map(const Key& key, Fields& fields) {
    Fields map = fields.inner(key.name(), key.hint);
    if (key.path == "train.early_stopping") e_.train.early_stopping.emplace();
    if (key.path == "train.shuffle") e_.train.shuffle_blocks.blocks = BlockShuffle::usual;
    if (key.path == "data.windows") {
      e_.data.windows.emplace();
      e_.data.split.shuffle = false;  // whatever is cut, and in the resolved config
    }
    read_keys(key.path, map);
    if (key.path == "train") e_.train.epochs_given = map.take("epochs") != nullptr;
    if (key.path == "train") require_shards();
    if (key.path == "data.split" && e_.data.split.validation + e_.data.split.test >= 1)
      problems_.add(place_of_shares(map),
                    "'validation' and 'test' together leave nothing to train on",
                    "their sum must be below 1");
    if (key.path == "data.split") require_fold(map.place());
    if (key.path == "data.split") require_drawn_test(map);
    if (key.path == "data.split" && e_.data.windows) cut_by_time(map);
    if (key.path == "data.windows" && e_.data.windows->length == 0 &&
        map.written("length") == nullptr && fields.written(key.name())->is(ConfigNode::Kind::map))
      problems_.add(map.place(), "'windows' needs 'length': how many rows an example has",
                    std::string(key.hint));
    if (key.path == "train.checkpoint") require_interval(e_.train.checkpoint.every);
    map.refuse_rest();
  }

  /// Returns the place of the share that was written last: that of --set, if there is one.
  static Place place_of_shares(Fields& split) {
    Place place = split.place();
    for (const char* const share : {"validation", "test"})
      if (const ConfigNode* const node = split.written(share);
          node && node->place.source != split.place().source)
        place = node->place;
    return place;
  }
  void require_fold(const Place& place) {
    const auto [folds, fold] = std::pair(e_.data.split.folds, e_.data.split.fold);
    if ((folds == 0) != (fold == 0))
      problems_.add(place,
                    folds == 0 ? "'fold' needs 'folds': how many there are"
                               : "'folds' needs 'fold': which of them is held out",
                    "write {folds: 5, fold: 1}; nnrun compare CONFIG --folds 5 trains with each");
    else if (fold > folds)
      problems_.add(place,
                    "there is no fold " + std::to_string(fold) + " of " + std::to_string(folds),
                    "write fold: 1 to " + std::to_string(folds));
  }

  void require_drawn_test(Fields& split) {
    const Split& read = e_.data.split;
    if (read.test_seed == 0 || (read.test > 0 && read.shuffle)) return;
    const ConfigNode* const node = split.written("test_seed");
    problems_.add(
        node != nullptr ? node->place : split.place(),
        "'test_seed' draws a test part, but " +
            std::string(read.test == 0 ? "none is cut off" : "this one is taken from the end"),
        read.test == 0 ? "write test: 0.2 beside it, or remove it" : "remove it");
  }

  /// Examples that share rows cannot be drawn: those of one part would know those of another.
  void cut_by_time(Fields& split) {
    const char* word = nullptr;
    if (split.take("shuffle") != nullptr && e_.data.split.shuffle) word = "shuffle";
    if (e_.data.split.stratify) word = "stratify";
    if (e_.data.split.folds > 0) word = "folds";
    if (word != nullptr)
      problems_.add(split.place(),
                    "'" + std::string(word) +
                        "' cannot cut a series: with 'windows', parts follow each other in time",
                    "remove it; {validation: 0.1, test: 0.2} is cut from the end");
  }

  void require_shards() {
    const auto& [shards, place] = e_.train.shards;
    if (shards == 1) return;
    if (!std::has_single_bit(shards))
      problems_.add(place, "'shards' must be a power of two, not " + std::to_string(shards),
                    "write " + std::to_string(std::bit_floor(shards)) + " or " +
                        std::to_string(std::bit_ceil(shards)));
    const Use& gradient = e_.train.gradient;
    if (gradient &&
        (functions_of<nnrun_gradient>(*gradient.plugin).flags & NNRUN_BACKPROPAGATES) == 0)
      problems_.add(place,
                    "a batch can be cut into shards for backpropagation alone: gradient '" +
                        gradient.plugin->name + "' takes costs of a whole batch",
                    "write gradient: backprop, or remove shards");
  }

  void require_interval(const Placed<std::string>& every) {
    if (!checkpoint_interval(every.value))
      problems_.add(
          every.place,
          "'every' must be a number of steps or a time, not " + single_quoted(every.value),
          "write 50, 10 epochs, 30 s, 5 min, 1 h, or never");
  }

  /// `plugins`, `extends` and `model.defaults` have been read before.
  void read_special(const Key& key, const ConfigNode& node) {
    if (key.path == "name") read_name(key, node);
    if (key.path == "model.input") read_input(key, node);
    if (key.path == "model.weights") e_.model.weights = read_weights(node, problems_);
    if (key.path == "metrics") read_metrics(node);
    if (key.path == "data.augment") read_augment(key, node);
    if (key.path == "predict") read_predict(key, node);
    if (key.path == "data.columns") e_.data.columns = read_columns(node, problems_);
    if (key.path == "sweep") e_.sweep = read_sweep(node, problems_);
  }

  void read_name(const Key& key, const ConfigNode& node) {
    const auto value = read_value(node, key.setting, problems_);
    if (!value) return;
    e_.name = std::get<std::string>(*value);
    if (!is_run_name(e_.name))
      problems_.add(node.place, "a run cannot be called " + described(node),
                    "use letters, digits, '_', '-' and '.': it is the name of a folder");
  }

  // ---- plugins ----

  void load_plugins(const ConfigNode& list) {
    const std::string hint(key_at("plugins").hint);
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

  /// Throws if it is not a checksum: a library that may be the wrong one is never loaded.
  Pin pin_of(const ConfigNode* node) {
    if (!node) return {};
    const auto value = read_value(*node, key_at("plugins[].sha256").setting, problems_);
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
    const auto path = read_value(node, key_at("plugins[].path").setting, problems_);
    if (!path) return;
    const std::filesystem::path file = std::get<std::string>(*path);
    try {
      registry_.load(file, node.place, pin);
    } catch (const PluginError& error) {
      const std::string missing =
          std::filesystem::exists(file) ? std::string() : words_for_missing(e_.file);
      if (missing.empty()) throw;
      Problem problem = error.problems().front();
      problem.hint = missing;
      missing_plugin_.emplace(std::move(problem));
      return;  // of a run: its classes may come from where NNRUN_PLUGIN_PATH says
    }
    e_.plugins.push_back({file, pin.sha256});
  }

  // ---- model ----

  void read_input(const Key& key, const ConfigNode& input) {
    e_.model.input.place = input.place;
    const auto add = [&](const ConfigNode& node) {
      if (const auto size = read_value(node, key.setting, problems_))
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

  void read_augment(const Key& key, const ConfigNode& list) {
    if (!list.is(ConfigNode::Kind::list))
      return problems_.add(list.place, "'augment' must be a list, not " + described(list),
                           std::string(key.hint));
    for (const ConfigNode& item : list.items)
      if (item.is(ConfigNode::Kind::null))
        problems_.add(item.place, "an augmentation is missing here", names_of(key.kind));
      else
        e_.data.augment.push_back(read_use(key.kind, &item, "", nowhere_, registry_, problems_));
  }

  // ---- after training ----

  void read_metrics(const ConfigNode& list) {
    if (!list.is(ConfigNode::Kind::list))
      return problems_.add(list.place, "'metrics' must be a list, not " + described(list),
                           "write metrics: [" + (list.text.empty() ? "accuracy" : list.text) + "]");
    for (const ConfigNode& item : list.items) {
      if (item.is(ConfigNode::Kind::null)) {
        problems_.add(item.place, "a metric is missing here", names_of("metric"));
        continue;
      }
      Use metric = read_use("metric", &item, "", nowhere_, registry_, problems_);
      if (metric && std::ranges::any_of(e_.metrics, [&](const Use& known) {
            return known.plugin == metric.plugin && known.settings == metric.settings;
          }))
        problems_.add(item.place, "metric '" + metric.plugin->name + "' is given twice",
                      "delete one of the two");
      e_.metrics.push_back(std::move(metric));
    }
    if (!problems_.any()) require_own_names();
  }

  /// Two settings that differ only in signs would give two metrics one name.
  void require_own_names() {
    const std::vector<std::string> names = metric_names(e_.metrics);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (std::ranges::count(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i),
                             names[i]) > 0)
        problems_.add(e_.metrics[i].place, "two metrics would be called '" + names[i] + "'",
                      "settings of metrics of one class must differ in letters or digits");
  }

  void read_predict(const Key& key, const ConfigNode& list) {
    const std::string hint(key.hint);
    if (!list.is(ConfigNode::Kind::list))
      return problems_.add(list.place, "'predict' must be a list of rows, not " + described(list),
                           hint);
    // without a data set, which was reported, nothing is known of the rows
    const bool written = !e_.data.use || is_table();
    for (const ConfigNode& item : list.items) {
      if (item.is(ConfigNode::Kind::broken)) continue;
      if (written)
        e_.predict.push_back(read_written_row(item, problems_));
      else if (!item.is(ConfigNode::Kind::list))
        problems_.add(item.place,
                      "a row of 'predict' must be a list of numbers, not " + described(item), hint);
      else if (auto row = read_value(item, key.setting, problems_))
        add_numbers(std::get<std::vector<double>>(std::move(*row)), item.place);
    }
  }

  void add_numbers(std::vector<double> numbers, const Place& place) {
    std::size_t inputs = 1;
    for (const std::size_t n : e_.model.input.value)
      inputs = n > std::numeric_limits<std::size_t>::max() / inputs ? 0 : inputs * n;
    // features change the number of inputs: it is compared once the data are open
    if (!e_.model.input.value.empty() && e_.data.features.empty() && numbers.size() != inputs)
      problems_.add(place,
                    "a row of 'predict' needs " + std::to_string(inputs) +
                        (inputs == 1 ? " number" : " numbers") + ", this one has " +
                        std::to_string(numbers.size()),
                    "one number per input, as model.input says");
    e_.predict.push_back({.place = place, .numbers = std::move(numbers)});
  }

  bool is_table() const {
    return e_.data.use &&
           (functions_of<nnrun_dataset>(*e_.data.use.plugin).flags & NNRUN_TABLE) != 0;
  }

  Registry& registry_;
  Problems& problems_;
  Place nowhere_;  // for what is not written: the config as a whole
  Experiment e_;
  std::optional<PluginError> missing_plugin_;
};

}  // namespace

namespace {

/// read: composes and reads.
template <class Read>
Experiment read_whole(Read read) {
  Problems problems;
  Experiment experiment;
  try {
    experiment = read(problems);
  } catch (const ConfigError& error) {  // the text is not even a tree: nothing more can be said
    for (const Problem& problem : error.problems()) problems.add(problem);
  }
  problems.throw_if_any();
  return experiment;
}

/// Reports the keys of a model's config that name files: what is in it was written by whoever made
/// the model, and decides nothing about what is opened here.
void refuse_files(const std::shared_ptr<const Source>& config, Problems& problems) {
  const Composed own = compose(config, {}, problems);
  const auto refuse = [&](const ConfigNode& map, const char* key) {
    if (const ConfigNode* const found = find(map, key))
      problems.add(found->place, "a model cannot have '" + std::string(key) + "': it opens no file",
                   "the file is damaged, or was made by something else");
  };
  refuse(own.root, "plugins");
  if (const ConfigNode* const model = find(own.root, "model")) refuse(*model, "weights");
}

/// Empties the settings of the data that name files, but for those of the command line, and refuses
/// such settings of other classes.
void forget_files(Experiment& e, const std::vector<Override>& overrides) {
  const auto each_file = [](Use& use, auto f) {
    for (std::size_t i = 0; i < use.settings.size(); ++i)
      if (setting_of(*use.plugin, i).type == NNRUN_PATH)
        f(setting_of(*use.plugin, i), std::get<std::string>(use.settings[i]));
  };
  each_file(e.data.use, [&](const nnrun_setting& setting, std::string& file) {
    const std::string key = "data." + std::string(setting.name);
    if (std::ranges::find(overrides, key, &Override::path) == overrides.end()) file.clear();
  });
  const auto refuse = [&](Use& use) {
    each_file(use, [&](const nnrun_setting& setting, const std::string& file) {
      if (!file.empty())
        throw ConfigError(problem_at(use.place,
                                     use.plugin->label + " reads a file, its '" + setting.name +
                                         "', which a model does not hold",
                                     "name the folder of the run instead of its model"));
    });
  };
  for (LayerSpec& layer : e.model.layers)
    for (Use* const use : {&layer.layer, &layer.activation, &layer.init, &layer.bias_init})
      refuse(*use);
  for (Use& metric : e.metrics) refuse(metric);
  for (Use* const use : {&e.random, &e.train.cost, &e.train.gradient, &e.train.optimizer.use})
    refuse(*use);
}

}  // namespace

Experiment read_experiment(const std::filesystem::path& file,
                           const std::vector<Override>& overrides, Registry& registry) {
  std::error_code none;
  if (const std::filesystem::path config = file / "config.yaml";
      std::filesystem::is_directory(file, none) && std::filesystem::exists(config, none))
    throw UsageError(Problem{.what = "'" + file.string() + "' is a folder, not a config",
                             .hint = "give the config in it: " + config.string()});
  return read_whole([&](Problems& problems) {
    return ExperimentReader(registry, problems).read(compose(file, overrides, problems), file);
  });
}

Experiment read_experiment(const std::shared_ptr<const Source>& text,
                           const std::vector<Override>& overrides, Registry& registry) {
  return read_whole([&](Problems& problems) {
    return ExperimentReader(registry, problems)
        .read(compose(text, overrides, problems), text->name);
  });
}

Experiment read_for_use(const std::shared_ptr<const Source>& config,
                        const std::vector<Override>& overrides, Registry& registry) {
  Experiment experiment = read_whole([&](Problems& problems) {
    refuse_files(config, problems);
    problems.throw_if_any();
    return ExperimentReader(registry, problems)
        .read(compose(config, overrides, problems), config->name);
  });
  forget_files(experiment, overrides);
  return experiment;
}

}  // namespace nnrun::host
