#include "serving/settings_view.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "config/keys.hpp"
#include "config/schema.hpp"
#include "loading/formula_text.hpp"
#include "loading/registry.hpp"
#include "loading/setting.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// Returns whether a page has no field for it: it is of the whole run, of no use while it trains,
/// or has a form of its own.
bool is_left_out(std::string_view path, const Experiment& e) {
  constexpr std::array never{"train.checkpoint", "data.split",    "data.windows",
                             "data.order",       "data.positive", "data.weights"};
  return path.find("[]") != path.npos ||
         std::ranges::any_of(never, [&](const char* p) { return path.starts_with(p); }) ||
         (path.starts_with("train.early_stopping") && !e.train.early_stopping);
}

class SettingFields {
 public:
  SettingFields(const Experiment& e, const Registry& registry) : e_(e), registry_(registry) {}

  Json all() {
    for (const Key& key : keys()) {
      if (is_left_out(key.path, e_)) continue;
      if (key.shape == Key::Shape::value)
        add(std::string(key.path), key.setting, key.get(e_));
      else if (key.shape == Key::Shape::use && key.use)
        add(std::string(key.path), key, key.use(e_));
    }
    for (const LayerSpec& layer : e_.model.layers) {
      const std::string path = "model.layers." + layer.name;
      add_settings(path, layer.layer);
      for (const Key* const key : keys_in("model.layers[]"))
        if (key->layer_use) add(path + "." + std::string(key->name()), *key, layer.*key->layer_use);
    }
    return std::move(fields_);
  }

 private:
  void add(std::string path, const nnrun_setting& setting, const Value& value) {
    if (setting.type == NNRUN_PATH) return;
    const auto* const number = std::get_if<double>(&value);
    if (number != nullptr && !std::isfinite(*number)) return;
    Json field{{"path", std::move(path)}, {"value", json_of(value)}};
    if (setting.doc != nullptr) field["doc"] = setting.doc;
    if (setting.n_choices > 0) field["choices"] = choices_of(setting);
    if (setting.type == NNRUN_BOOL) field["choices"] = {"true", "false"};
    if (setting.type == NNRUN_INT || setting.type == NNRUN_FLOAT) {
      field["whole"] = setting.type == NNRUN_INT;
      if (std::isfinite(setting.min)) field["min"] = setting.min;
      if (std::isfinite(setting.max)) field["max"] = setting.max;
    }
    fields_.push_back(std::move(field));
  }
  /// Adds the choice of a class, then the settings of the one that is chosen.
  void add(const std::string& path, const Key& key, const Use& use) {
    std::vector<std::string> names = registry_.names(key.kind);
    if (key.fallback.empty() && !key.required()) names.emplace_back("none");
    fields_.push_back({{"path", path},
                       {"value", use ? use.plugin->name : "none"},
                       {"doc", key.setting.doc},
                       {"choices", std::move(names)}});
    add_settings(path, use);
  }
  void add_settings(const std::string& path, const Use& use) {
    const nnrun_formula_text* const formula = use ? formula_text_of(*use.plugin) : nullptr;
    for (std::size_t i = 0; use && i < use.settings.size(); ++i) {
      const nnrun_setting& setting = setting_of(*use.plugin, i);
      add(path + "." + setting.name, setting, use.settings[i]);
      // each number has a key of its own beside the formula, and both are changed together
      if (formula != nullptr && formula->numbers == std::string_view(setting.name))
        fields_.back()["numbers_of"] = path + "." + formula->text;
    }
  }

  const Experiment& e_;
  const Registry& registry_;
  Json fields_ = Json::array();
};

/// Returns a class with its settings, as a config has it.
Json json_of(const Use& use) {
  if (!use) return "none";
  Json json{{"type", use.plugin->name}};
  for (std::size_t i = 0; i < use.settings.size(); ++i) {
    const nnrun_setting& setting = setting_of(*use.plugin, i);
    Json value = host::json_of(use.settings[i]);
    if (value != host::json_of(default_of(setting)) || (setting.flags & NNRUN_REQUIRED) != 0)
      json[setting.name] = std::move(value);
  }
  return json;
}

}  // namespace

Json settings_json(const Experiment& experiment, const Registry& registry) {
  return SettingFields(experiment, registry).all();
}

Json layer_list_json(const Experiment& experiment) {
  Json layers = Json::array();
  for (const LayerSpec& spec : experiment.model.layers) {
    Json layer{{"name", spec.name}};
    layer.update(json_of(spec.layer));
    layer["inputs"] = Json::array();
    for (const Placed<std::string>& input : spec.inputs) layer["inputs"].push_back(input.value);
    for (const Key* const key : keys_in("model.layers[]"))
      if (key->layer_use && (spec.*key->layer_use || key->kind != "regularizer"))
        layer[std::string(key->name())] = json_of(spec.*key->layer_use);
    if (spec.frozen) layer["frozen"] = true;
    if (spec.learning_rate_factor != 1) layer["learning_rate_factor"] = spec.learning_rate_factor;
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace nnrun::host
