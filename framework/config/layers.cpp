#include "config/layers.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "config/compose.hpp"
#include "config/hints.hpp"
#include "config/uses.hpp"
#include "loading/meaning.hpp"
namespace nnrun::host {
namespace {

bool is_none(const ConfigNode& node) {
  return node.is(ConfigNode::Kind::null) ||
         (node.is(ConfigNode::Kind::scalar) && node.text == "none");
}

bool is_layer_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, fits);
}

class LayersReader {
 public:
  LayersReader(Fields& model, const Registry& registry, Problems& problems)
      : registry_(registry),
        problems_(problems),
        defaults_(model.inner("defaults", "activation: relu")) {
    const Place& place = defaults_.place();
    const ConfigNode* const activation = defaults_.take("activation");
    if (activation && !is_none(*activation))
      activation_ = read_use("activation", activation, "", place, registry, problems);
    init_ = read_use("initializer", defaults_.take("init"), "glorot_uniform", place, registry,
                     problems);
    bias_init_ =
        read_use("initializer", defaults_.take("bias_init"), "zeros", place, registry, problems);
    regularizer_ = regularizer(defaults_, "regularizer", {});
    bias_regularizer_ = regularizer(defaults_, "bias_regularizer", {});
  }

  std::vector<LayerSpec> read(const ConfigNode& list, const ConfigNode* written_defaults) {
    names_ = layer_names(list);
    std::vector<LayerSpec> layers;
    for (std::size_t i = 0; i < list.items.size(); ++i)
      if (!list.items[i].is(ConfigNode::Kind::broken))
        layers.push_back(read_layer(list.items[i], i));
    check_names(layers);
    check_inputs(layers);
    refuse_unused_defaults(written_defaults);
    return layers;
  }

 private:
  LayerSpec read_layer(const ConfigNode& node, std::size_t i) {
    LayerSpec layer;
    layer.name = names_[i];
    layer.place = node.place;
    if (node.is(ConfigNode::Kind::null)) {
      problems_.add(node.place, "a layer is missing here", "write {type: dense, units: 5}");
      return layer;
    }
    Chosen chosen("layer", &node, "", node.place, registry_, problems_);
    Fields& fields = chosen.fields();
    if (const ConfigNode* const name = fields.take("name")) read_name(*name);
    layer.inputs = read_inputs(fields, i);
    layer.init = initializer(fields, "init", init_);
    layer.bias_init = initializer(fields, "bias_init", bias_init_);
    layer.regularizer = regularizer(fields, "regularizer", regularizer_);
    layer.bias_regularizer = regularizer(fields, "bias_regularizer", bias_regularizer_);
    layer.activation = activation(chosen);
    layer.layer = chosen.use(&defaults_);
    if (!chosen.plugin()) any_unknown_ = true;
    return layer;
  }

  void read_name(const ConfigNode& name) {
    if (!name.is(ConfigNode::Kind::scalar) || !is_layer_name(name.text))
      problems_.add(name.place, "a layer cannot be called " + described(name),
                    "use letters, digits, '_' and '-'");
    else if (name.text == "input")
      problems_.add(name.place, "a layer cannot be called 'input'",
                    "'input' is the name of the model's input");
  }

  std::vector<Placed<std::string>> read_inputs(Fields& fields, std::size_t i) {
    const ConfigNode* const inputs = fields.take("inputs");
    if (!inputs) return {{i == 0 ? "input" : names_[i - 1], fields.place()}};
    std::vector<Placed<std::string>> out;
    const auto add = [&](const ConfigNode& node) {
      if (node.is(ConfigNode::Kind::scalar))
        out.push_back({node.text, node.place});
      else if (!node.is(ConfigNode::Kind::broken))
        problems_.add(node.place, "'inputs' must be names of layers, not " + described(node),
                      "write inputs: [first, second]");
    };
    if (inputs->is(ConfigNode::Kind::list))
      std::ranges::for_each(inputs->items, add);
    else
      add(*inputs);
    if (inputs->is(ConfigNode::Kind::list) && inputs->items.empty())
      problems_.add(inputs->place, "'inputs' is empty", "leave it out to take the layer before");
    return out;
  }

  Use initializer(Fields& fields, const char* key, const Use& shared) {
    const ConfigNode* const own = fields.take(key);
    return own ? read_use("initializer", own, "", own->place, registry_, problems_) : shared;
  }

  Use regularizer(Fields& fields, const char* key, const Use& shared) {
    const ConfigNode* const own = fields.written(key);
    if (!own) return shared;
    return is_none(*own) ? Use{}
                         : read_use("regularizer", own, "", own->place, registry_, problems_);
  }

  /// The default activation is for layers that have units of their own. A pooling layer or a sum
  /// stays as it is unless it is asked.
  Use activation(Chosen& chosen) {
    const ConfigNode* const own = chosen.fields().written("activation");
    if (own && is_none(*own)) return {};
    if (own) return read_use("activation", own, "", own->place, registry_, problems_);
    return chosen.plugin() && has_units(*chosen.plugin()) ? activation_ : Use{};
  }

  void check_names(const std::vector<LayerSpec>& layers) {
    std::map<std::string_view, const LayerSpec*> first;
    for (const LayerSpec& layer : layers) {
      if (layer.name.empty()) continue;
      const auto [known, is_new] = first.emplace(layer.name, &layer);
      if (!is_new)
        problems_.add(layer.place, "two layers are called '" + layer.name + "'",
                      "give one of them another name",
                      "the first is in line " + std::to_string(known->second->place.line));
    }
  }

  void check_inputs(const std::vector<LayerSpec>& layers) {
    std::vector<std::string> known = names_;
    known.emplace_back("input");
    const std::set<std::string_view> names(known.begin(), known.end());
    for (const LayerSpec& layer : layers)
      for (const Placed<std::string>& input : layer.inputs)
        if (!names.contains(input.value))
          problems_.add(input.place, "there is no layer '" + input.value + "'",
                        problems_.plenty() ? "" : did_you_mean(input.value, known));
  }

  /// A default is used by a layer whose class has such a setting, even if the layer overrides it.
  void refuse_unused_defaults(const ConfigNode* written) {
    defaults_.refuse_forgotten();
    if (!written || any_unknown_) return;  // it may be a setting of what is misspelt
    for (const ConfigEntry& entry : written->entries) {
      if (entry.value.is(ConfigNode::Kind::null) ||
          std::ranges::count(defaults_.known(), entry.key))
        continue;
      std::string hint = is_setting_of_any(entry.key) ? "" : hint_for(entry.key, defaults_.known());
      if (!hint.starts_with("did you mean"))
        hint = "delete it, or remove a parent's with " + entry.key + ": null";
      problems_.add(entry.place, "no layer here has the setting '" + entry.key + "'",
                    std::move(hint));
    }
  }

  bool is_setting_of_any(std::string_view name) const {
    return std::ranges::any_of(registry_.names("layer"), [&](const std::string& layer) {
      return has_setting(*registry_.find("layer", layer), name);
    });
  }

  const Registry& registry_;
  Problems& problems_;
  Fields defaults_;
  Use activation_, init_, bias_init_, regularizer_, bias_regularizer_;
  std::vector<std::string> names_;
  bool any_unknown_ = false;
};

}  // namespace

std::vector<LayerSpec> read_layers(Fields& model, const Registry& registry, Problems& problems) {
  LayersReader reader(model, registry, problems);
  const char* const hint = "write a list: - {type: dense, units: 5}";
  const ConfigNode* const list = model.require("layers", hint);
  if (!list) return {};
  if (!list->is(ConfigNode::Kind::list)) {
    const bool is_map = list->is(ConfigNode::Kind::map);
    problems.add(list->place, "'layers' must be a list, not " + described(*list),
                 is_map ? "a map changes the layers of a config that this one extends" : hint);
    return {};
  }
  if (list->items.empty()) problems.add(list->place, "a network needs at least one layer", hint);
  return reader.read(*list, model.take("defaults"));
}

}  // namespace nnrun::host
