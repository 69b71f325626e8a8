#include "config/layers.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/did_you_mean.hpp"
#include "config/compose.hpp"
#include "config/hints.hpp"
#include "config/keys.hpp"
#include "config/settings.hpp"
#include "config/uses.hpp"
#include "loading/declarations.hpp"
namespace nnrun::host {
namespace {

bool is_none(const ConfigNode& node) {
  return node.is(ConfigNode::Kind::null) ||
         (node.is(ConfigNode::Kind::scalar) && node.text == "none");
}
class LayersReader {
 public:
  LayersReader(Fields& defaults, const Registry& registry, Problems& problems)
      : registry_(registry), problems_(problems), defaults_(defaults) {}

  void read_defaults() { read_classes(defaults_, nullptr, shared_); }

  std::vector<LayerSpec> read(const ConfigNode& list, const ConfigNode* written_defaults) {
    names_ = layer_names(list);
    std::vector<LayerSpec> layers;
    for (std::size_t i = 0; i < list.items.size(); ++i)
      if (!list.items[i].is(ConfigNode::Kind::broken))
        layers.push_back(read_layer(list.items[i], i));
    check_names(layers);
    check_inputs(layers);
    require_units(layers, list);
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
    layer.frozen = fields.take(key_at("model.layers[].frozen").setting, false);
    layer.learning_rate_factor =
        fields.take(key_at("model.layers[].learning_rate_factor").setting, 1.);
    read_classes(fields, &chosen, layer);
    const auto units = chosen.plugin() ? units_setting(*chosen.plugin()) : std::nullopt;
    layer.layer = chosen.use(&defaults_, units);
    if (layer.layer && units && layer.layer.settings[*units] == Value(std::int64_t{0}))
      open_.push_back(i);
    if (!chosen.plugin()) any_unknown_ = true;
    return layer;
  }

  void read_name(const ConfigNode& name) {
    if (!name.is(ConfigNode::Kind::scalar) || !is_simple_name(name.text, "_-"))
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

  /// Reads the classes that a layer names, or the defaults if layer is nullptr.
  void read_classes(Fields& fields, const Chosen* layer, LayerSpec& out) {
    for (const Key* const key : keys_in("model.layers[]")) {
      if (!key->layer_use) continue;
      if (layer && layer->plugin() && has_setting(*layer->plugin(), key->name())) continue;
      const ConfigNode* const own = fields.written(key->name());
      Use& use = out.*key->layer_use;
      if (!own || (own->is(ConfigNode::Kind::null) && !key->fallback.empty()))
        use = layer ? default_use(*key, *layer) : fallback_use(*key);
      else if (!key->fallback.empty() || !is_none(*own))
        use = read_use(key->kind, own, "", own->place, registry_, problems_);
    }
  }

  /// The default activation is for layers that have units of their own. A pooling layer or a sum
  /// gets one only if it names it.
  Use default_use(const Key& key, const Chosen& layer) const {
    const bool taken = key.kind != "activation" || (layer.plugin() && has_units(*layer.plugin()));
    return taken ? shared_.*key.layer_use : Use{};
  }

  Use fallback_use(const Key& key) const {
    return key.fallback.empty()
               ? Use{}
               : read_use(key.kind, nullptr, key.fallback, defaults_.place(), registry_, problems_);
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

  /// The units of the last layer may follow from the data, those of others may not.
  void require_units(const std::vector<LayerSpec>& layers, const ConfigNode& list) {
    for (const std::size_t i : open_) {
      const bool is_read = std::ranges::any_of(layers, [&](const LayerSpec& layer) {
        return std::ranges::count(layer.inputs, names_[i], &Placed<std::string>::value) > 0;
      });
      const auto layer = std::ranges::find(layers, names_[i], &LayerSpec::name);
      if (!is_read || layer == layers.end()) continue;
      const Class& plugin = *layer->layer.plugin;
      problems_.add(list.items[i].place, "layer '" + plugin.name + "' needs 'units'",
                    std::string("units: ") + setting_of(plugin, *units_setting(plugin)).doc +
                        "\nonly the last layer may leave it to the data");
    }
  }

  /// Refuses defaults that no layer can take. A layer whose class has the setting counts even if it
  /// overrides the default.
  void refuse_unused_defaults(const ConfigNode* written) {
    defaults_.refuse_forgotten();
    if (!written || any_unknown_) return;  // the layer of unknown type may have this setting
    for (const ConfigEntry& entry : written->entries) {
      if (entry.value.is(ConfigNode::Kind::null) ||
          std::ranges::count(defaults_.known(), entry.key))
        continue;
      const Guess guess =
          is_setting_of_any(entry.key) ? Guess{} : guess_for(entry.key, defaults_.known());
      problems_.add(entry.place, "no layer here has the setting '" + entry.key + "'",
                    guess.meant.empty()
                        ? "delete it, or remove a parent's with " + entry.key + ": null"
                        : guess.hint);
    }
  }

  bool is_setting_of_any(std::string_view name) const {
    return std::ranges::any_of(registry_.names("layer"), [&](const std::string& layer) {
      return has_setting(*registry_.find("layer", layer), name);
    });
  }

  const Registry& registry_;
  Problems& problems_;
  Fields& defaults_;
  LayerSpec shared_;  // the classes that the defaults name
  std::vector<std::string> names_;
  std::vector<std::size_t> open_;  // layers without units
  bool any_unknown_ = false;
};

}  // namespace

std::vector<LayerSpec> read_layers(const ConfigNode* layers, Fields& model,
                                   const Registry& registry, Problems& problems) {
  Fields defaults = model.inner("defaults", key_at("model.defaults").hint);
  LayersReader reader(defaults, registry, problems);
  reader.read_defaults();
  if (!layers) return {};
  const std::string hint(key_at("model.layers").hint);
  if (!layers->is(ConfigNode::Kind::list)) {
    const bool is_map = layers->is(ConfigNode::Kind::map);
    problems.add(layers->place, "'layers' must be a list, not " + described(*layers),
                 is_map ? "a map changes the layers of a config that this one extends" : hint);
    return {};
  }
  if (layers->items.empty())
    problems.add(layers->place, "a network needs at least one layer", hint);
  return reader.read(*layers, model.take("defaults"));
}

}  // namespace nnrun::host
