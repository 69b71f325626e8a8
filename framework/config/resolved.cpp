// Writes an Experiment as text: as YAML that reads back to the same one, and as a flat list.
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "config/columns.hpp"
#include "config/compose.hpp"
#include "config/flow_yaml.hpp"
#include "config/keys.hpp"
#include "config/paths.hpp"
#include "config/predict_rows.hpp"
#include "config/uses.hpp"
#include "config/weights.hpp"
#include "loading/formula_text.hpp"
namespace nnrun::host {
namespace {

/// Returns digits that read back to the same number, with a point before an exponent: in YAML 1.1,
/// 1e-08 is a text.
ConfigNode number(double x) {
  std::string text = shortest(x);
  const std::size_t exponent = text.find('e');
  if (exponent != text.npos && text.find('.') == text.npos) text.insert(exponent, ".0");
  return plain_node(std::move(text));
}

ConfigNode path(const std::string& file) {
  return text_node(unexpanded(file));
}

template <class T>
ConfigNode list_of(const std::vector<T>& values, auto node_of) {
  ConfigNode list{.kind = ConfigNode::Kind::list};
  for (const T& value : values) list.items.push_back(node_of(value));
  return list;
}

void add(ConfigNode& map, std::string_view key, ConfigNode value) {
  map.kind = ConfigNode::Kind::map;
  map.entries.push_back({std::string(key), {}, std::move(value)});
}

ConfigNode node_of(const Value& value, const nnrun_setting& setting) {
  struct Visitor {
    bool is_path;
    ConfigNode operator()(bool x) const { return plain_node(x ? "true" : "false"); }
    ConfigNode operator()(std::int64_t n) const { return plain_node(std::to_string(n)); }
    ConfigNode operator()(double x) const { return number(x); }
    ConfigNode operator()(const std::string& s) const { return is_path ? path(s) : text_node(s); }
    ConfigNode operator()(const std::vector<double>& list) const { return list_of(list, number); }
    ConfigNode operator()(const std::vector<std::string>& list) const {
      return list_of(list, text_node);
    }
    ConfigNode operator()(const NamedNumbers& numbers) const {
      ConfigNode map{.kind = ConfigNode::Kind::map};
      for (const auto& [name, x] : numbers) add(map, name, number(x));
      return map;
    }
  };
  return std::visit(Visitor{setting.type == NNRUN_PATH}, value);
}

/// Only a default can be infinite. A config cannot express it, so it is left out.
bool can_be_written(const Value& value) {
  const auto* const x = std::get_if<double>(&value);
  const auto* const list = std::get_if<std::vector<double>>(&value);
  const auto finite = [](double y) { return std::isfinite(y); };
  return (!x || finite(*x)) && (!list || std::ranges::all_of(*list, finite));
}

/// As they are written: beside the formula that names them.
void add_numbers(ConfigNode& map, const std::vector<std::string>& numbers) {
  for (const std::string& one : numbers) {
    const auto [name, digits] = name_and_digits(one);
    const auto x = parse_double(digits);
    if (x) add(map, name, number(*x));
  }
}

/// {type: NAME, setting: …}
ConfigNode map_of(const Use& use) {
  ConfigNode map{.kind = ConfigNode::Kind::map};
  if (!use) return map;
  add(map, "type", text_node(use.plugin->name));
  const nnrun_formula_text* const formula = formula_text_of(*use.plugin);
  for (std::size_t i = 0; i < use.settings.size(); ++i) {
    const nnrun_setting& setting = setting_of(*use.plugin, i);
    const bool open = setting.type == NNRUN_INT && (setting.flags & NNRUN_REQUIRED) != 0 &&
                      use.settings[i] == Value(std::int64_t{0}) && setting.min > 0;
    if (formula && formula->numbers == std::string_view(setting.name))
      add_numbers(map, std::get<std::vector<std::string>>(use.settings[i]));
    else if (can_be_written(use.settings[i]) && !open)
      add(map, setting.name, node_of(use.settings[i], setting));
  }
  return map;
}

/// Returns NAME alone if there are no settings.
ConfigNode short_of(const Use& use) {
  if (!use) return plain_node("none");
  ConfigNode map = map_of(use);
  return map.entries.size() == 1 ? std::move(map.entries.front().value) : map;
}

ConfigNode node_of(const LayerSpec& layer) {
  ConfigNode map;
  add(map, "name", text_node(layer.name));
  for (ConfigEntry& own : map_of(layer.layer).entries) map.entries.push_back(std::move(own));
  add(map, "inputs",
      list_of(layer.inputs, [](const auto& input) { return text_node(input.value); }));
  for (const Key* const key : keys_in("model.layers[]"))
    if (key->layer_use && !has_setting(*layer.layer.plugin, key->name()) &&
        (layer.*key->layer_use || key->kind != "regularizer"))
      add(map, key->name(), short_of(layer.*key->layer_use));
  // only where they are given: config.yaml of other networks stays as earlier versions wrote it
  if (layer.frozen) add(map, "frozen", plain_node("true"));
  if (layer.learning_rate_factor != 1)
    add(map, "learning_rate_factor", number(layer.learning_rate_factor));
  return map;
}

ConfigNode node_of(const PluginFile& plugin) {
  if (plugin.sha256.empty()) return path(plugin.file.string());
  ConfigNode map;
  add(map, "path", path(plugin.file.string()));
  add(map, "sha256", text_node(plugin.sha256));
  return map;
}

ConfigNode node_of_special(const Key& key, const Experiment& e) {
  const auto size = [](std::size_t n) { return plain_node(std::to_string(n)); };
  const auto& input = e.model.input.value;
  if (key.path == "name") return text_node(e.name);
  if (key.path == "plugins")
    return list_of(e.plugins, [](const PluginFile& plugin) { return node_of(plugin); });
  if (key.path == "model.input" && input.empty()) return {};  // the data say it
  if (key.path == "model.input") return input.size() == 1 ? size(input[0]) : list_of(input, size);
  if (key.path == "model.weights") return node_of(e.model.weights);
  if (key.path == "model.layers")
    return list_of(e.model.layers, [](const LayerSpec& layer) { return node_of(layer); });
  if (key.path == "data.columns") return node_of(e.data.columns);
  if (key.path == "metrics") return list_of(e.metrics, short_of);
  if (key.path == "data.augment") return list_of(e.data.augment, short_of);
  if (key.path == "predict")
    return list_of(e.predict, [](const PredictRow& row) {
      return row.values.empty() ? list_of(row.numbers, number) : node_of(row);
    });
  return {};  // extends, model.defaults and sweep: already applied
}

bool is_written(const Key& key, const Experiment& e) {
  if (key.path == "train.epochs") return e.train.epochs_given || e.train.steps == 0;
  if (key.path == "train.shards") return e.train.shards.value > 1;
  if (key.path == "data.order") return !e.data.order.empty();
  if (key.path == "train.schedule") return bool(e.train.schedule.use);
  if (key.path == "data.augment") return !e.data.augment.empty();
  if (key.path == "data.windows") return e.data.windows.has_value();
  if (key.path == "train.early_stopping") return e.train.early_stopping.has_value();
  return key.shape != Key::Shape::value || is_given(key, key.get(e));
}

/// Adds every key directly below a path.
void add_keys(std::string_view path, const Experiment& e, ConfigNode& map);

ConfigNode node_of(const Key& key, const Experiment& e) {
  if (key.path == "data.target_scale" && !e.data.target_scales.empty())
    return node_of(e.data.target_scales);
  const bool is_map =
      key.path == "train.shuffle" && e.train.shuffle && e.train.shuffle_blocks.is_given();
  if (key.shape == Key::Shape::value && !is_map) return node_of(key.get(e), key.setting);
  if (key.shape == Key::Shape::special) return node_of_special(key, e);
  if (key.use && keys_in(key.path).empty()) return short_of(key.use(e));
  ConfigNode map = key.use ? map_of(key.use(e)) : ConfigNode{};
  add_keys(key.path, e, map);
  return map;
}

void add_keys(std::string_view path, const Experiment& e, ConfigNode& map) {
  for (const Key* const key : keys_in(path)) {
    if (!is_written(*key, e)) continue;
    ConfigNode value = node_of(*key, e);
    if (!value.is(ConfigNode::Kind::null)) add(map, key->name(), std::move(value));
  }
}

ConfigNode tree_of(const Experiment& e) {
  ConfigNode root;
  add_keys("", e, root);
  return root;
}

void keep_only(ConfigNode& map, std::initializer_list<std::string_view> keys) {
  std::erase_if(map.entries, [&](const ConfigEntry& entry) {
    return std::ranges::find(keys, entry.key) == keys.end();
  });
}

/// The classes that draw the first parameters count where data are drawn after them, from one
/// sequence of numbers.
bool start_matters(const Experiment& e) {
  return (functions_of<nnrun_random>(*e.random.plugin).flags & NNRUN_SEQUENTIAL) != 0;
}

/// Of files, only the names are left, for people.
ConfigNode tree_for_use(Experiment e) {
  for (std::size_t i = 0; i < e.data.use.settings.size(); ++i)
    if (setting_of(*e.data.use.plugin, i).type == NNRUN_PATH) {
      auto& file = std::get<std::string>(e.data.use.settings[i]);
      file = std::filesystem::path(file).filename().string();
    }
  const bool with_start = start_matters(e);
  ConfigNode root = tree_of(e);
  keep_only(root, {"name", "seed", "random", "dtype", "data", "model", "train", "metrics"});
  keep_only(*find(root, "train"), {"cost", "mean_over", "batch_size"});
  ConfigNode& model = *find(root, "model");
  keep_only(model, {"input", "layers"});
  for (ConfigNode& layer : find(model, "layers")->items)
    std::erase_if(layer.entries, [&](const ConfigEntry& entry) {
      return entry.key == "regularizer" || entry.key == "bias_regularizer" ||
             (!with_start && (entry.key == "init" || entry.key == "bias_init"));
    });
  return root;
}

/// Writes one line for each key of model and train, and for each layer.
void print_block(const ConfigNode& map, const std::string& indent, std::string& out) {
  for (const auto& [key, place, value] : map.entries) {
    out.append(indent).append(key).append(":");
    if (key == "model" || key == "train") {
      out += "\n";
      print_block(value, indent + "  ", out);
    } else if (key == "layers" && !value.items.empty()) {
      out += "\n";
      for (const ConfigNode& layer : value.items)
        out.append(indent).append("  - ").append(flow_yaml(layer)).append("\n");
    } else {
      out.append(" ").append(flow_yaml(value)).append("\n");
    }
  }
}

void flatten(const std::string& path, const ConfigNode& node,
             std::map<std::string, std::string>& out) {
  const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  if (path == "model.layers") {
    const std::vector<std::string> names = layer_names(node);
    for (std::size_t i = 0; i < names.size(); ++i) {
      ConfigNode rest = node.items[i];  // the name is in the path
      std::erase_if(rest.entries, [](const ConfigEntry& entry) { return entry.key == "name"; });
      flatten(below(flow_yaml(text_node(names[i]))), rest, out);
    }
  } else if (!node.is(ConfigNode::Kind::map)) {
    out[path] = flow_yaml(node);
  } else {
    for (const auto& [key, place, value] : node.entries)
      if (key == "type")
        out[path] = flow_yaml(value);
      else
        flatten(below(key), value, out);
  }
}

std::map<std::string, std::string> written_keys(const Composed& composed,
                                                const Problems& problems) {
  problems.throw_if_any();
  std::map<std::string, std::string> out;
  flatten("", composed.root, out);
  return out;
}

}  // namespace

std::string resolved_yaml(const Experiment& experiment) {
  std::string out = "# Written by nnrun: the config with every default written out.\n";
  print_block(tree_of(experiment), "", out);
  return out;
}

std::string yaml_for_use(const Experiment& experiment) {
  std::string out = "# Written by nnrun: what the use of this network needs.\n";
  print_block(tree_for_use(experiment), "", out);
  return out;
}

Experiment course_of(Experiment e) {
  const TrainSpec untouched;
  e.train.epochs = untouched.epochs;
  e.train.epochs_given = untouched.epochs_given;
  e.train.steps = untouched.steps;
  e.train.max_examples = untouched.max_examples;
  e.train.max_seconds = untouched.max_seconds;
  e.train.checkpoint = untouched.checkpoint;
  if (e.train.early_stopping) {
    e.train.early_stopping->patience = 0;
    e.train.early_stopping->min_delta = 0;
  }
  e.predict.clear();
  return e;
}

std::map<std::string, std::string> written_keys(const std::filesystem::path& file) {
  Problems problems;
  return written_keys(compose(file, {}, problems), problems);
}

std::map<std::string, std::string> written_keys(const std::shared_ptr<const Source>& config) {
  Problems problems;
  return written_keys(compose(config, {}, problems), problems);
}

std::map<std::string, std::string> resolved_keys(const Experiment& experiment) {
  std::map<std::string, std::string> out;
  flatten("", tree_of(experiment), out);
  return out;
}

}  // namespace nnrun::host
