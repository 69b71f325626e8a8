// An Experiment back as text: as YAML that reads to the same experiment, and as a flat list.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "config/experiment.hpp"
#include "config/paths.hpp"
namespace nnrun::host {
namespace {

/// Digits that give the same number again; with a point before an exponent, for readers of
/// YAML 1.1, to whom 1e-08 is a text.
std::string yaml_number(double x) {
  std::string text = shortest(x);
  const std::size_t exponent = text.find('e');
  if (exponent != text.npos && text.find('.') == text.npos) text.insert(exponent, ".0");
  return text;
}

/// What is written: a text, a list or a map.
struct Written {
  std::string text = {};
  std::vector<Written> items{};
  std::vector<std::pair<std::string, Written>> entries{};
  enum class Kind { text, list, map } kind = Kind::text;

  Written() = default;
  Written(std::string t) : text(std::move(t)) {}
  Written(const char* t) : text(t) {}
  static Written list() { return of(Kind::list); }
  static Written map() { return of(Kind::map); }
  void add(std::string key, Written value) {
    entries.emplace_back(std::move(key), std::move(value));
  }

 private:
  static Written of(Kind kind) {
    Written out;
    out.kind = kind;
    return out;
  }
};

// ---- scalars ----

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_plain(std::string_view text) {
  // also what other readers of YAML take for something else
  constexpr std::array<std::string_view, 11> words{"null", "true", "false", "yes", "no", "on",
                                                   "off",  "y",    "n",     "inf", "nan"};
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/';
  };
  const auto fits = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !text.empty() && letter(text.front()) && std::ranges::all_of(text, fits) &&
         !std::ranges::count(words, lower(text));
}

std::string scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    constexpr char digits[] = "0123456789abcdef";
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    } else {
      out += c;
    }
  }
  return out + '"';
}

Written numbers(const std::vector<double>& values) {
  Written list = Written::list();
  for (const double x : values) list.items.emplace_back(yaml_number(x));
  return list;
}

Written sizes(const std::vector<std::size_t>& values) {
  Written list = Written::list();
  for (const std::size_t n : values) list.items.emplace_back(std::to_string(n));
  return list;
}

const char* boolean(bool value) {
  return value ? "true" : "false";
}

std::string path(const std::string& file) {
  return scalar(unexpanded(file));
}

Written written(const Value& value, const nnrun_setting& setting) {
  struct Visitor {
    bool is_path;
    Written operator()(bool x) const { return boolean(x); }
    Written operator()(std::int64_t n) const { return std::to_string(n); }
    Written operator()(double x) const { return yaml_number(x); }
    Written operator()(const std::string& s) const { return is_path ? path(s) : scalar(s); }
    Written operator()(const std::vector<double>& list) const { return numbers(list); }
    Written operator()(const std::vector<std::string>& list) const {
      Written out = Written::list();
      for (const std::string& item : list) out.items.emplace_back(scalar(item));
      return out;
    }
  };
  return std::visit(Visitor{setting.type == NNRUN_PATH}, value);
}

/// Only a default can be infinite: a config cannot say it, so it is left out.
bool can_be_written(const Value& value) {
  const auto* const x = std::get_if<double>(&value);
  const auto* const list = std::get_if<std::vector<double>>(&value);
  const auto finite = [](double y) { return std::isfinite(y); };
  return (!x || finite(*x)) && (!list || std::ranges::all_of(*list, finite));
}

// ---- the experiment ----

/// {type: NAME, setting: …}
Written map_of(const Use& use) {
  Written map = Written::map();
  if (!use) return map;
  map.add("type", scalar(use.plugin->name));
  for (std::size_t i = 0; i < use.settings.size(); ++i) {
    const nnrun_setting& setting = setting_of(*use.plugin, i);
    if (can_be_written(use.settings[i])) map.add(setting.name, written(use.settings[i], setting));
  }
  return map;
}

/// NAME where there are no settings.
Written short_of(const Use& use) {
  if (!use) return "none";
  Written map = map_of(use);
  return map.entries.size() == 1 ? map.entries.front().second : map;
}

Written written(const LayerSpec& layer) {
  Written map = Written::map();
  map.add("name", scalar(layer.name));
  const Written own = map_of(layer.layer);
  map.entries.insert(map.entries.end(), own.entries.begin(), own.entries.end());
  Written inputs = Written::list();
  for (const Placed<std::string>& input : layer.inputs)
    inputs.items.emplace_back(scalar(input.value));
  map.add("inputs", std::move(inputs));
  map.add("activation", short_of(layer.activation));
  map.add("init", short_of(layer.init));
  map.add("bias_init", short_of(layer.bias_init));
  if (layer.regularizer) map.add("regularizer", short_of(layer.regularizer));
  if (layer.bias_regularizer) map.add("bias_regularizer", short_of(layer.bias_regularizer));
  return map;
}

Written data_of(const Experiment& e) {
  Written split = Written::map();
  split.add("validation", yaml_number(e.data.split.validation));
  split.add("test", yaml_number(e.data.split.test));
  split.add("shuffle", boolean(e.data.split.shuffle));
  split.add("stratify", boolean(e.data.split.stratify));
  Written features = Written::list();
  for (const Placed<std::string>& feature : e.data.features)
    features.items.emplace_back(scalar(feature.value));
  constexpr std::array<const char*, 3> scales{"none", "standard", "min_max"};
  Written data = map_of(e.data.use);
  data.add("features", std::move(features));
  data.add("scale", scales[static_cast<std::size_t>(e.data.scale)]);
  data.add("split", std::move(split));
  return data;
}

Written model_of(const Experiment& e) {
  Written model = Written::map();
  model.add("input", e.model.input.value.size() == 1
                         ? Written(std::to_string(e.model.input.value[0]))
                         : sizes(e.model.input.value));
  if (!e.model.weights.value.empty()) model.add("weights", path(e.model.weights.value.string()));
  Written layers = Written::list();
  for (const LayerSpec& layer : e.model.layers) layers.items.push_back(written(layer));
  model.add("layers", std::move(layers));
  return model;
}

Written schedule_of(const ScheduleSpec& spec) {
  Written map = map_of(spec.use);
  map.add("warmup", std::to_string(spec.warmup));
  if (!spec.monitor.value.empty()) map.add("monitor", scalar(spec.monitor.value));
  return map;
}

Written early_stopping_of(const EarlyStopping& stopping) {
  Written map = Written::map();
  if (!stopping.monitor.value.empty()) map.add("monitor", scalar(stopping.monitor.value));
  map.add("patience", std::to_string(stopping.patience));
  map.add("min_delta", yaml_number(stopping.min_delta));
  map.add("restore_best", boolean(stopping.restore_best));
  return map;
}

Written train_of(const Experiment& e) {
  Written train = Written::map();
  train.add("cost", short_of(e.train.cost));
  train.add("gradient", short_of(e.train.gradient));
  Written optimizer = map_of(e.train.optimizer.use);
  optimizer.add("learning_rate", yaml_number(e.train.optimizer.learning_rate));
  train.add("optimizer", std::move(optimizer));
  train.add("batch_size", std::to_string(e.train.batch_size));
  if (e.train.epochs_given || e.train.steps == 0)
    train.add("epochs", std::to_string(e.train.epochs));
  if (e.train.steps > 0) train.add("steps", std::to_string(e.train.steps));
  if (e.train.max_examples > 0) train.add("max_examples", std::to_string(e.train.max_examples));
  if (e.train.max_seconds > 0) train.add("max_seconds", yaml_number(e.train.max_seconds));
  train.add("shuffle", boolean(e.train.shuffle));
  if (e.train.schedule.use) train.add("schedule", schedule_of(e.train.schedule));
  if (e.train.clip_value > 0) train.add("clip_value", yaml_number(e.train.clip_value));
  if (e.train.clip_norm > 0) train.add("clip_norm", yaml_number(e.train.clip_norm));
  if (e.train.early_stopping)
    train.add("early_stopping", early_stopping_of(*e.train.early_stopping));
  train.add("measure", e.train.measure_after ? "after_epoch" : "while_training");
  return train;
}

Written plugins_of(const Experiment& e) {
  Written plugins = Written::list();
  for (const PluginFile& plugin : e.plugins) {
    Written one = path(plugin.file.string());
    if (!plugin.sha256.empty()) {
      Written map = Written::map();
      map.add("path", std::move(one));
      map.add("sha256", scalar(plugin.sha256));
      one = std::move(map);
    }
    plugins.items.push_back(std::move(one));
  }
  return plugins;
}

Written written(const Experiment& e) {
  Written root = Written::map();
  root.add("name", scalar(e.name));
  root.add("seed", std::to_string(e.seed));
  root.add("random", short_of(e.random));
  root.add("dtype", e.dtype == Dtype::float64 ? "float64" : "float32");
  root.add("plugins", plugins_of(e));
  root.add("data", data_of(e));
  root.add("model", model_of(e));
  root.add("train", train_of(e));
  Written metrics = Written::list();
  for (const Use& metric : e.metrics) metrics.items.push_back(short_of(metric));
  root.add("metrics", std::move(metrics));
  Written predict = Written::list();
  for (const auto& row : e.predict) predict.items.push_back(numbers(row.value));
  root.add("predict", std::move(predict));
  return root;
}

// ---- printing ----

void print_flow(const Written& node, std::string& out) {
  if (node.kind == Written::Kind::text) {
    out += node.text;
    return;
  }
  const bool is_map = node.kind == Written::Kind::map;
  std::string_view separator = "";
  out += is_map ? '{' : '[';
  for (const Written& item : node.items) {
    out += std::exchange(separator, ", ");
    print_flow(item, out);
  }
  for (const auto& [key, value] : node.entries) {
    out.append(std::exchange(separator, ", ")).append(scalar(key)).append(": ");
    print_flow(value, out);
  }
  out += is_map ? '}' : ']';
}

/// One line per key of model and train and per layer.
void print_block(const Written& map, const std::string& indent, std::string& out) {
  for (const auto& [key, value] : map.entries) {
    out.append(indent).append(key).append(":");
    if (key == "model" || key == "train") {
      out += "\n";
      print_block(value, indent + "  ", out);
    } else if (key == "layers" && !value.items.empty()) {
      out += "\n";
      for (const Written& layer : value.items) {
        out.append(indent).append("  - ");
        print_flow(layer, out);
        out += "\n";
      }
    } else {
      out += " ";
      print_flow(value, out);
      out += "\n";
    }
  }
}

void flatten(const std::string& path, const Written& node,
             std::map<std::string, std::string>& out) {
  const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  if (path == "model.layers") {
    for (const Written& layer : node.items) {
      Written rest = layer;  // the name is in the path
      rest.entries.erase(rest.entries.begin());
      flatten(below(layer.entries.front().second.text), rest, out);
    }
  } else if (node.kind != Written::Kind::map) {
    print_flow(node, out[path]);
  } else {
    for (const auto& [key, value] : node.entries)
      if (key == "type")
        out[path] = value.text;
      else
        flatten(below(key), value, out);
  }
}

}  // namespace

std::string resolved_yaml(const Experiment& experiment) {
  std::string out = "# Written by nnrun: the config with every default written out.\n";
  print_block(written(experiment), "", out);
  return out;
}

std::map<std::string, std::string> resolved_keys(const Experiment& experiment) {
  std::map<std::string, std::string> out;
  flatten("", written(experiment), out);
  return out;
}

}  // namespace nnrun::host
