#include "config/schema.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "config/formula_fields.hpp"
#include "config/keys.hpp"
#include "config/uses.hpp"
#include "loading/formula_text.hpp"
#include "loading/setting.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

Json described(Json schema, const char* doc) {
  if (doc && *doc) schema["description"] = doc;
  return schema;
}
Json flag() {
  return {{"type", "boolean"}};
}
Json either(Json schemas) {
  return schemas.size() == 1 ? schemas[0] : Json{{"anyOf", std::move(schemas)}};
}

/// Accepts numbers too: YAML reads `2024` as a number even if a text is meant. (Not one schema of
/// two types: ajv's strict mode refuses that.)
Json any_text(const char* pattern = nullptr) {
  Json text{{"type", "string"}};
  if (pattern) text["pattern"] = pattern;
  return either(Json::array({std::move(text), {{"type", "number"}}}));
}
Json list_of(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}
/// Returns `schema` for values of this type and `others` for the rest. Editors then report only
/// what is wrong in the branch that applies; for anyOf they could only say that nothing fits.
Json where_type(const char* type, Json schema, Json others) {
  return {{"if", {{"type", type}}}, {"then", std::move(schema)}, {"else", std::move(others)}};
}
Json or_null(Json schema) {
  if (schema.contains("if") || schema.contains("properties"))
    return {{"if", {{"not", {{"type", "null"}}}}}, {"then", std::move(schema)}};
  return either(Json::array({std::move(schema), {{"type", "null"}}}));
}

/// Describes a setting of a class, or a key of the host: its type, range and default.
Json schema_of(const nnrun_setting& s, const std::optional<Value>& initial) {
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
      if (takes_lone_number(s))
        schema = either(Json::array({{{"type", "number"}}, std::move(schema)}));
      if (weighs_classes(s))
        schema = either(
            Json::array({std::move(schema),
                         {{"type", "object"}, {"additionalProperties", {{"type", "number"}}}},
                         {{"const", balanced_word}}}));
      break;
    case NNRUN_STRINGS:
      schema = list_of(either(Json::array({any_text(), flag()})));
      break;
    default:
      schema = any_text();
  }
  if (s.n_choices) schema = {{"enum", choices_of(s)}};
  if (initial) schema["default"] = json_of(*initial);
  return schema;
}
Json schema_of(const nnrun_setting& s) {
  const bool required = (s.flags & NNRUN_REQUIRED) != 0;
  return described(schema_of(s, required ? std::nullopt : std::optional(default_of(s))), s.doc);
}

/// Describes a map with these keys and no others. null unsets a key, unless it is needed.
Json map_of(Json properties, const std::vector<std::string>& needed = {}) {
  for (auto& [key, schema] : properties.items())
    if (key != "type" && !std::ranges::count(needed, key)) schema = or_null(std::move(schema));
  Json map{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!needed.empty()) map["required"] = needed;
  return map;
}

/// Describes a config that stands alone or, if partial, one that changes what it extends: then no
/// key is required, and a map without `type` changes the settings of whatever class the parent has.
class SchemaWriter {
 public:
  SchemaWriter(const Registry& registry, bool partial, Json& definitions)
      : registry_(registry), partial_(partial), definitions_(definitions) {}

  Json config() const { return map_below(""); }

 private:
  /// Describes the map of the keys directly below a path.
  Json map_below(std::string_view path) const {
    std::vector<std::string> required;
    for (const Key* const key : keys_in(path))
      if (key->required() && (!partial_ || path.ends_with("[]")))
        required.emplace_back(key->name());
    return map_of(keys_below(path), required);
  }

  Json keys_below(std::string_view path) const {
    Json properties = Json::object();
    for (const Key* const key : keys_in(path))
      properties[key->setting.name] = described(schema_of_key(*key), key->setting.doc);
    return properties;
  }

  Json schema_of_key(const Key& key) const {
    if (key.layer_use) return layer_use(key);
    switch (key.shape) {
      case Key::Shape::value:
        return value(key);
      case Key::Shape::use:
        return with_fallback(use(key.kind, key.fallback, keys_below(key.path)), key);
      case Key::Shape::map:
        return map_below(key.path);
      case Key::Shape::special:
        break;
    }
    return special(key);
  }

  static Json with_fallback(Json schema, const Key& key) {
    if (!key.fallback.empty()) schema["default"] = key.fallback;
    return schema;
  }

  Json value(const Key& key) const {
    Json schema = schema_of(key.setting, default_of(key));
    // JSON's numbers are exact up to here
    if (key.path == "seed") schema["maximum"] = 9007199254740992;
    if (key.path == "data.target_scale") {
      Json one = schema_of(key.setting, {});
      schema = where_type("object",
                          {{"type", "object"}, {"additionalProperties", or_null(std::move(one))}},
                          std::move(schema));
    }
    if (key.path == "train.shuffle")
      schema = where_type("object", map_below(key.path), std::move(schema));
    if (key.path == "train.checkpoint.every") {
      const Json initial = schema["default"];
      schema = either(Json::array({{{"type", "string"}, {"pattern", "^(never|[0-9].*)$"}},
                                   {{"type", "integer"}, {"minimum", 1}}}));
      schema["default"] = initial;
    }
    return schema;
  }

  Json layer_use(const Key& key) const {
    if (key.fallback.empty())
      return either(Json::array({shared(std::string(key.kind)), {{"const", "none"}}}));
    return with_fallback({{"allOf", Json::array({shared(std::string(key.kind))})}}, key);
  }

  /// Describes keys with a form of their own.
  Json special(const Key& key) const {
    if (key.path == "extends") return either(Json::array({any_text(), list_of(any_text())}));
    if (key.path == "name") return any_text("^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$");
    if (key.path == "plugins")
      return list_of(where_type("object", map_below("plugins[]"), any_text()));
    if (key.path == "plugins[].sha256") return any_text("^[0-9a-fA-F]{64}$");
    if (key.path == "model.input") return input(schema_of(key.setting, {}));
    if (key.path == "model.weights") return where_type("object", map_below(key.path), any_text());
    if (key.path == "model.weights.layers") return taken_layers();
    if (key.path == "model.weights.except") return names();
    if (key.path == "model.defaults") return defaults();
    if (key.path == "model.layers") return layers();
    if (key.path == "model.layers[].name") return layer_name();
    if (key.path == "model.layers[].inputs") return names();
    if (key.path == "metrics") return list_of(use("metric"));
    if (key.path == "data.augment") return list_of(use("augmentation"));
    if (key.path == "predict") return rows();
    if (key.path == "sweep") return sweep();
    if (key.path == "data.columns") return columns();
    if (key.path == "data.columns[].missing") return missing();
    return schema_of(key.setting, {});
  }

  static Json not_empty(Json list) {
    list["minItems"] = 1;
    return list;
  }

  static Json names() { return either(Json::array({any_text(), not_empty(list_of(any_text()))})); }
  static Json taken_layers() {
    return where_type("object", {{"type", "object"}, {"additionalProperties", or_null(any_text())}},
                      names());
  }

  static Json input(Json size) {
    Json sizes = not_empty(list_of(size));
    sizes["maxItems"] = NNRUN_MAX_RANK;
    return either(Json::array({std::move(size), std::move(sizes)}));
  }

  Json defaults() const {
    Json properties = Json::object();
    for (const Key* const key : keys_in("model.layers[]"))
      if (key->layer_use)
        properties[key->setting.name] = described(layer_use(*key), key->setting.doc);
    add_settings(properties, "layer");
    return map_of(std::move(properties));
  }

  Json layers() const {
    const Json keys = keys_below("model.layers[]");
    Json list = not_empty(list_of(use("layer", "", keys, false)));
    if (!partial_) return list;
    return where_type(
        "array", std::move(list),
        {{"type", "object"}, {"additionalProperties", or_null(use("layer", "", keys))}});
  }

  static Json layer_name() {
    Json name = any_text("^[A-Za-z0-9_-]{1,100}$");
    name["not"] = {{"const", "input"}};
    return name;
  }

  /// Rows as a table has them: a list of values, or a map of them by column.
  static Json rows() {
    const Json value = either(
        Json::array({{{"type", "number"}}, {{"type", "string"}}, flag(), {{"type", "null"}}}));
    return list_of(where_type("object", {{"type", "object"}, {"additionalProperties", value}},
                              not_empty(list_of(value))));
  }

  /// Paths of keys, with a list of values or a range for each.
  Json sweep() const {
    return {{"type", "object"},
            {"properties", keys_below("sweep")},
            {"additionalProperties",
             where_type("array", list_of(Json::object()), map_below("sweep[]"))}};
  }

  Json columns() const {
    Json map = map_below("data.columns[]");
    Json type = map["properties"]["type"];
    return {
        {"type", "object"},
        {"additionalProperties", or_null(where_type("object", std::move(map), std::move(type)))}};
  }
  static Json missing() {
    Json constant{{"type", "object"},
                  {"properties", {{"constant", any_text()}}},
                  {"required", {"constant"}},
                  {"additionalProperties", false}};
    return where_type("object", std::move(constant),
                      {{"enum", {"error", "drop", "mean", "median", "most_frequent"}}});
  }

  /// Adds every setting that some class of the kind has.
  void add_settings(Json& properties, std::string_view kind) const {
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

  /// Returns a reference to the one description of a kind that is used in many places.
  Json shared(const std::string& kind) const {
    const std::string name = kind + (partial_ ? "_change" : "");
    if (!definitions_.contains(name)) definitions_[name] = use(kind);
    return {{"$ref", "#/definitions/" + name}};
  }

  /// Returns a reference to the description of a class with the host's keys. In one piece, those of
  /// all layers would be too large for a validator: ajv makes a function of it, and its variables
  /// need more than a stack.
  Json shared_class(std::string name, Json map) const {
    if (partial_) name += "_change";
    if (!definitions_.contains(name)) definitions_[name] = std::move(map);
    return {{"$ref", "#/definitions/" + name}};
  }

  /// Describes NAME, {type: NAME, setting: …} and, for the default or the parent's class, {setting:
  /// …}. `keys` are the host's own. The branch is chosen by the class's name, so that an error in a
  /// setting is reported at the setting.
  Json use(std::string_view kind, std::string_view fallback = "", const Json& keys = Json::object(),
           bool may_change = true) const {
    Json names = Json::array(), all_names = Json::array(), choices = Json::array();
    const bool by_formula = may_be_a_formula(kind);
    for (const std::string& name : registry_.names(kind)) {
      const Class& plugin = *registry_.find(kind, name);
      const Json named = described({{"const", name}}, plugin.table->doc);
      Json properties{{"type", named}};
      properties.update(keys);
      std::vector<std::string> required;
      for (std::uint32_t i = 0; i < plugin.table->n_settings; ++i) {
        const nnrun_setting& s = setting_of(plugin, i);
        if (properties.contains(s.name) && is_reserved(kind, s)) continue;
        properties[s.name] = schema_of(s);
        if (s.flags & NNRUN_REQUIRED) required.emplace_back(s.name);
      }
      // model.defaults may give a layer's settings
      if (partial_ || kind == "layer") required.clear();
      all_names.push_back(named);
      if (required.empty()) names.push_back(named);
      Json chosen = with_type({{"const", name}});
      if (name == fallback && !partial_) chosen.erase("required");  // without a type it is this one
      const bool takes_numbers = formula_text_of(plugin) != nullptr;
      Json map = map_of(std::move(properties), required);
      if (takes_numbers) map["additionalProperties"] = or_null({{"type", "number"}});
      if (!keys.empty()) map = shared_class(std::string(kind) + "_" + name, std::move(map));
      if (by_formula && name == formula_word) chosen.erase("required");
      if (by_formula && name != formula_word && !chosen.contains("required"))
        chosen["not"] = having(formula_word);
      if (by_formula && name == formula_word) chosen["anyOf"] = type_or_formula();
      choices.push_back({{"if", std::move(chosen)}, {"then", std::move(map)}});
    }
    Json map = with_type(all_names.empty() ? Json(false) : either(std::move(all_names)));
    if (partial_ && may_change) {
      Json properties = keys;
      add_settings(properties, kind);
      Json change = map_of(std::move(properties));
      if (by_formula) change["additionalProperties"] = or_null({{"type", "number"}});
      choices.push_back({{"if", with_type(Json::object())}, {"else", std::move(change)}});
      map.erase("required");
    } else if (registry_.find(kind, fallback)) {
      map.erase("required");
    }
    if (by_formula && map.contains("required")) {
      map.erase("required");
      map["anyOf"] = type_or_formula();
    }
    if (!choices.empty()) map["allOf"] = std::move(choices);
    return where_type("object", std::move(map),
                      names.empty() ? Json(false) : either(std::move(names)));
  }
  /// Accepts a map that has this key. (ajv's strict mode wants the key described beside.)
  static Json having(std::string_view key) {
    return {{"properties", {{key, Json(true)}}}, {"required", Json::array({key})}};
  }
  static Json type_or_formula() { return Json::array({having("type"), having(formula_word)}); }
  static Json with_type(Json type) {
    return {
        {"type", "object"}, {"properties", {{"type", std::move(type)}}}, {"required", {"type"}}};
  }

  const Registry& registry_;
  bool partial_;
  Json& definitions_;
};

}  // namespace

nlohmann::ordered_json json_of(const Value& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

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
