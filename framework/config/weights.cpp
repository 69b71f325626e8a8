#include "config/weights.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "base/did_you_mean.hpp"
#include "config/fields.hpp"
#include "config/flow_yaml.hpp"
#include "config/keys.hpp"
#include "config/paths.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

fs::path model_in(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? fs::path(path) / "model.safetensors" : fs::path(path);
}

class WeightsReader {
 public:
  explicit WeightsReader(Problems& problems) : problems_(problems) {}

  WeightsSpec read(const ConfigNode& node) {
    if (!node.is(ConfigNode::Kind::map)) {
      if (node.is(ConfigNode::Kind::list))
        problems_.add(node.place, "'weights' must be a file or a map, not " + described(node),
                      std::string(key_at("model.weights").hint));
      else
        read_file(node);
      return std::move(weights_);
    }
    Fields fields(&node, node.place, "weights", "key", problems_);
    if (const ConfigNode* const file =
            fields.require("file", std::string(key_at("model.weights.file").hint)))
      read_file(*file);
    const ConfigNode* const layers = fields.take("layers");
    const ConfigNode* const except = fields.take("except");
    fields.refuse_rest();
    if (layers) read_taken(*layers);
    if (except)
      each_name("except", *except,
                [&](Placed<std::string> name) { weights_.except.push_back(std::move(name)); });
    if (layers && except)
      problems_.add(except->place, "'layers' and 'except' cannot both be given",
                    "'layers' names those that start from the file, 'except' those that do not\n"
                    "null removes what a config that is extended says");
    return std::move(weights_);
  }

 private:
  void read_file(const ConfigNode& node) {
    if (const auto value = read_value(node, key_at("model.weights.file").setting, problems_))
      weights_.file = {model_in(std::get<std::string>(*value)), node.place};
  }

  void read_taken(const ConfigNode& node) {
    if (!node.is(ConfigNode::Kind::map))
      return each_name("layers", node, [&](Placed<std::string> name) {
        const std::string same = name.value;
        weights_.layers.push_back({std::move(name), same});
      });
    for (const auto& [name, place, value] : node.entries) {
      if (value.is(ConfigNode::Kind::null)) continue;
      weights_.layers.push_back({{name, place}, value.text});
      if (!value.is(ConfigNode::Kind::broken) && value.text.empty())
        problems_.add(value.place,
                      "'" + name + "' must be its name in the file, not " + described(value),
                      "write layers: {" + name + ": fc1}");
    }
    if (weights_.layers.empty()) refuse_nothing("layers", node);
  }

  /// Calls f for each name of a list, or for the one that stands alone.
  template <class F>
  void each_name(const char* key, const ConfigNode& node, F f) {
    const std::string name = std::string("'") + key + "'";
    const std::string hint = std::string("write ") + key + ": [dense_1]";
    const auto take = [&](const ConfigNode& item) {
      if (item.is(ConfigNode::Kind::scalar))
        f({item.text, item.place});
      else if (!item.is(ConfigNode::Kind::broken))
        problems_.add(item.place, name + " must be names of layers, not " + described(item), hint);
    };
    if (!node.is(ConfigNode::Kind::list)) return take(node);
    std::ranges::for_each(node.items, take);
    if (node.items.empty()) refuse_nothing(key, node);
  }

  void refuse_nothing(const char* key, const ConfigNode& node) {
    problems_.add(node.place, std::string("'") + key + "' names no layer",
                  "leave it out to take all of the file");
  }

  Problems& problems_;
  WeightsSpec weights_;
};

void add(ConfigNode& map, const char* key, ConfigNode value) {
  map.kind = ConfigNode::Kind::map;
  map.entries.push_back({key, {}, std::move(value)});
}

/// Returns a list of names, or a map if some are others in the file.
ConfigNode node_of(const std::vector<TakenLayer>& layers) {
  const bool same = std::ranges::all_of(
      layers, [](const TakenLayer& layer) { return layer.name.value == layer.in_file; });
  ConfigNode out{.kind = same ? ConfigNode::Kind::list : ConfigNode::Kind::map};
  for (const TakenLayer& layer : layers)
    if (same)
      out.items.push_back(text_node(layer.in_file));
    else
      out.entries.push_back({layer.name.value, {}, text_node(layer.in_file)});
  return out;
}

}  // namespace

WeightsSpec read_weights(const ConfigNode& node, Problems& problems) {
  return WeightsReader(problems).read(node);
}

void require_layers(const WeightsSpec& weights, const std::vector<LayerSpec>& layers,
                    Problems& problems) {
  std::vector<std::string> known;
  for (const LayerSpec& layer : layers) known.push_back(layer.name);
  std::set<std::string_view> seen;
  const auto require = [&](const Placed<std::string>& name) {
    if (!std::ranges::count(known, name.value))
      problems.add(name.place, "there is no layer '" + name.value + "'",
                   problems.plenty() ? "" : did_you_mean(name.value, known));
    else if (!seen.insert(name.value).second)
      problems.add(name.place, "layer '" + name.value + "' is named twice",
                   "delete one of the two");
  };
  for (const TakenLayer& layer : weights.layers) require(layer.name);
  std::ranges::for_each(weights.except, require);
}

ConfigNode node_of(const WeightsSpec& weights) {
  if (!weights.is_given()) return {};
  ConfigNode file = text_node(unexpanded(weights.file.value.string()));
  if (weights.is_whole()) return file;
  ConfigNode map;
  add(map, "file", std::move(file));
  if (!weights.layers.empty()) add(map, "layers", node_of(weights.layers));
  ConfigNode except{.kind = ConfigNode::Kind::list};
  for (const Placed<std::string>& name : weights.except)
    except.items.push_back(text_node(name.value));
  if (!weights.except.empty()) add(map, "except", std::move(except));
  return map;
}

}  // namespace nnrun::host
