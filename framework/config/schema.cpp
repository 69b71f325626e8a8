#include "config/schema.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "loading/object.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

Json described(Json schema, const char* doc) {
  if (doc && *doc) schema["description"] = doc;
  return schema;
}
Json number(double above) {
  return {{"type", "number"}, {"exclusiveMinimum", above}};
}
Json whole_number(double min) {
  return {{"type", "integer"}, {"minimum", min}};
}
Json share() {
  return {{"type", "number"}, {"minimum", 0}, {"exclusiveMaximum", 1}};
}
Json flag() {
  return {{"type", "boolean"}};
}
Json either(Json schemas) {
  return schemas.size() == 1 ? schemas[0] : Json{{"anyOf", std::move(schemas)}};
}

/// YAML reads `2024` as a number where a text is meant. (Not one schema of two types: ajv's strict
/// mode refuses that.)
Json any_text(const char* pattern = nullptr) {
  Json text{{"type", "string"}};
  if (pattern) text["pattern"] = pattern;
  return either(Json::array({std::move(text), {{"type", "number"}}}));
}
Json one_of(std::initializer_list<const char*> choices) {
  return {{"enum", choices}};
}
Json list_of(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}
/// `schema` where the type is this one, `others` elsewhere. Of what is wrong, editors show the
/// branch that was meant alone; of anyOf they can but say that nothing fits.
Json where_type(const char* type, Json schema, Json others) {
  return {{"if", {{"type", type}}}, {"then", std::move(schema)}, {"else", std::move(others)}};
}
Json or_null(Json schema) {
  if (schema.contains("if") || schema.contains("properties"))
    return {{"if", {{"not", {{"type", "null"}}}}}, {"then", std::move(schema)}};
  return either(Json::array({std::move(schema), {{"type", "null"}}}));
}

Json json_of(const Value& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

/// One setting of a class: its type, range, default and doc.
Json schema_of(const nnrun_setting& s) {
  Json schema;
  switch (s.type) {
    case NNRUN_BOOL:
      schema = flag();
      break;
    case NNRUN_INT:
    case NNRUN_FLOAT:
      schema = {{"type", s.type == NNRUN_INT ? "integer" : "number"}};
      if (std::isfinite(s.min))
        schema[s.flags & NNRUN_ABOVE_MIN ? "exclusiveMinimum" : "minimum"] = s.min;
      if (std::isfinite(s.max))
        schema[s.flags & NNRUN_BELOW_MAX ? "exclusiveMaximum" : "maximum"] = s.max;
      break;
    case NNRUN_FLOATS:
      schema = list_of({{"type", "number"}});
      break;
    case NNRUN_STRINGS:
      schema = list_of(either(Json::array({any_text(), flag()})));
      break;
    default:
      schema = any_text();
  }
  if (s.n_choices)
    schema = {{"enum", std::vector<std::string>(s.choices, s.choices + s.n_choices)}};
  if (!(s.flags & NNRUN_REQUIRED)) schema["default"] = json_of(default_of(s));
  return described(std::move(schema), s.doc);
}

/// A map with these keys and no others; null takes a key back, except where it is needed.
Json map_of(Json properties, const std::vector<std::string>& needed = {}) {
  for (auto& [key, schema] : properties.items())
    if (key != "type" && !std::ranges::count(needed, key)) schema = or_null(std::move(schema));
  Json map{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!needed.empty()) map["required"] = needed;
  return map;
}

/// A config that stands alone, or one that changes what it extends: then nothing is needed, and a
/// map without `type` changes settings of whatever class the parent has.
class SchemaWriter {
 public:
  SchemaWriter(const Registry& registry, bool partial, Json& definitions)
      : registry_(registry), partial_(partial), definitions_(definitions) {}

  Json config() const {
    Json train{{"cost", use("cost")},
               {"gradient", use("gradient", "backprop")},
               {"optimizer", use("optimizer", "sgd",
                                 {{"learning_rate", described(number(0), "how far a step goes")}})},
               {"schedule",
                use("schedule", "constant",
                    {{"warmup", described(whole_number(0), "steps")}, {"monitor", any_text()}})},
               {"batch_size", whole_number(1)},
               {"epochs", whole_number(0)},
               {"steps", whole_number(1)},
               {"max_examples", whole_number(1)},
               {"max_seconds", number(0)},
               {"shuffle", flag()},
               {"clip_value", number(0)},
               {"clip_norm", number(0)},
               {"early_stopping", map_of({{"monitor", any_text()},
                                          {"patience", whole_number(0)},
                                          {"min_delta", {{"type", "number"}, {"minimum", 0}}},
                                          {"restore_best", flag()}})},
               {"measure", one_of({"while_training", "after_epoch"})}};
    Json root{
        {"extends", either(Json::array({any_text(), list_of(any_text())}))},
        {"plugins",
         list_of(where_type(
             "object",
             map_of({{"path", any_text()}, {"sha256", any_text("^[0-9a-fA-F]{64}$")}}, {"path"}),
             any_text()))},
        {"name", any_text("^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$")},
        {"seed", whole_number(0)},
        {"random", use("random", "philox")},
        {"dtype", one_of({"float32", "float64"})},
        {"data", use("dataset", "", data_keys())},
        {"model", model()},
        {"train", map_of(std::move(train), needed({"cost"}))},
        {"sweep", sweep()},
        {"metrics", list_of(use("metric"))},
        {"predict", list_of(list_of({{"type", "number"}}))}};
    root["seed"]["maximum"] = 9007199254740992;
    return map_of(std::move(root), needed({"data", "model", "train"}));
  }

 private:
  std::vector<std::string> needed(std::vector<std::string> keys) const {
    return partial_ ? std::vector<std::string>() : keys;
  }

  /// Paths of keys, with a list of values or a range for each.
  static Json sweep() {
    const Json any{{"type", "number"}};
    const Json range =
        map_of({{"min", any}, {"max", any}, {"log", flag()}, {"integer", flag()}}, {"min", "max"});
    return {{"type", "object"},
            {"properties", {{"random", whole_number(1)}}},
            {"additionalProperties", where_type("array", list_of(Json::object()), range)}};
  }

  static Json data_keys() {
    return {{"split", map_of({{"validation", share()},
                              {"test", share()},
                              {"shuffle", flag()},
                              {"stratify", flag()}})},
            {"scale", one_of({"none", "standard", "min_max"})},
            {"features", list_of(any_text())}};
  }

  Json shared_layer_keys() const {
    return {{"activation", or_none(shared("activation"))},
            {"init", shared("initializer")},
            {"bias_init", shared("initializer")},
            {"regularizer", or_none(shared("regularizer"))},
            {"bias_regularizer", or_none(shared("regularizer"))}};
  }
  static Json or_none(Json schema) {
    return either(Json::array({std::move(schema), {{"const", "none"}}}));
  }

  Json model() const {
    const Json size = whole_number(1);
    Json name = any_text("^[A-Za-z0-9_-]{1,100}$");
    name["not"] = {{"const", "input"}};
    Json names = list_of(any_text());
    names["minItems"] = 1;
    Json keys = shared_layer_keys();
    keys["name"] = name;
    keys["inputs"] = either(Json::array({any_text(), names}));
    Json layers = list_of(use("layer", "", keys, false));
    layers["minItems"] = 1;
    if (partial_)
      layers = where_type(
          "array", std::move(layers),
          {{"type", "object"}, {"additionalProperties", or_null(use("layer", "", keys))}});
    Json defaults = shared_layer_keys();
    add_settings(defaults, "layer");
    Json input = list_of(size);
    input["minItems"] = 1;
    input["maxItems"] = NNRUN_MAX_RANK;
    return map_of({{"input", either(Json::array({size, input}))},
                   {"weights", any_text()},
                   {"defaults", map_of(std::move(defaults))},
                   {"layers", std::move(layers)}},
                  needed({"input", "layers"}));
  }

  /// Every setting that some class of the kind has.
  void add_settings(Json& properties, const std::string& kind) const {
    Json choices = Json::object();
    for (const std::string& name : registry_.names(kind)) {
      const Class& plugin = *registry_.find(kind, name);
      for (std::uint32_t i = 0; i < plugin.table->n_settings; ++i) {
        Json schema = schema_of(setting_of(plugin, i));
        schema.erase("default");
        Json& known = choices[setting_of(plugin, i).name];
        if (!std::ranges::count(known, schema)) known.push_back(std::move(schema));
      }
    }
    for (auto& [key, schemas] : choices.items())
      if (!properties.contains(key)) properties[key] = either(std::move(schemas));
  }

  /// A kind that is used in many places is described in one.
  Json shared(const std::string& kind) const {
    const std::string name = kind + (partial_ ? "_change" : "");
    if (!definitions_.contains(name)) definitions_[name] = use(kind);
    return {{"$ref", "#/definitions/" + name}};
  }

  /// NAME, {type: NAME, setting: …}, or, of the default class or a parent's, {setting: …}. `keys`
  /// are the host's own. The class is chosen by its name, so that what is wrong with a setting is
  /// said of the setting.
  Json use(const std::string& kind, const std::string& fallback = "",
           const Json& keys = Json::object(), bool may_change = true) const {
    Json names = Json::array(), all_names = Json::array(), choices = Json::array();
    for (const std::string& name : registry_.names(kind)) {
      const Class& plugin = *registry_.find(kind, name);
      const Json named = described({{"const", name}}, plugin.table->doc);
      Json properties{{"type", named}};
      properties.update(keys);
      std::vector<std::string> required;
      for (std::uint32_t i = 0; i < plugin.table->n_settings; ++i) {
        const nnrun_setting& s = setting_of(plugin, i);
        if (properties.contains(s.name)) continue;
        properties[s.name] = schema_of(s);
        if (s.flags & NNRUN_REQUIRED) required.emplace_back(s.name);
      }
      // of a layer, model.defaults may have them
      if (partial_ || kind == "layer") required.clear();
      all_names.push_back(named);
      if (required.empty()) names.push_back(named);
      Json chosen = with_type({{"const", name}});
      if (name == fallback && !partial_) chosen.erase("required");  // without a type it is this one
      choices.push_back(
          {{"if", std::move(chosen)}, {"then", map_of(std::move(properties), required)}});
    }
    Json map = with_type(all_names.empty() ? Json(false) : either(std::move(all_names)));
    if (partial_ && may_change) {
      Json properties = keys;
      add_settings(properties, kind);
      choices.push_back(
          {{"if", with_type(Json::object())}, {"else", map_of(std::move(properties))}});
      map.erase("required");
    } else if (registry_.find(kind, fallback)) {
      map.erase("required");
    }
    if (!choices.empty()) map["allOf"] = std::move(choices);
    return where_type("object", std::move(map),
                      names.empty() ? Json(false) : either(std::move(names)));
  }
  static Json with_type(Json type) {
    return {
        {"type", "object"}, {"properties", {{"type", std::move(type)}}}, {"required", {"type"}}};
  }

  const Registry& registry_;
  bool partial_;
  Json& definitions_;
};

}  // namespace

std::string config_schema(const Registry& registry) {
  Json definitions = Json::object();
  Json config = SchemaWriter(registry, false, definitions).config();
  Json change = SchemaWriter(registry, true, definitions).config();
  definitions["config"] = std::move(config);
  definitions["change"] = std::move(change);
  return Json{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "a config of nnrun"},
              {"if",
               {{"type", "object"},
                {"properties", {{"extends", Json::object()}}},
                {"required", {"extends"}}}},
              {"then", {{"$ref", "#/definitions/change"}}},
              {"else", {{"$ref", "#/definitions/config"}}},
              {"definitions", std::move(definitions)}}
             .dump(-1, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace nnrun::host
