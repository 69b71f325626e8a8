// The schema has every key of the host and every setting, described.
#include "config/schema.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "config/keys.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Keys = std::set<std::string>;
using nlohmann::json;

Keys keys_of(const json& map) {
  Keys keys;
  for (const auto& [key, schema] : map.at("properties").items()) keys.insert(key);
  return keys;
}

/// Puts the descriptions of classes where the schema refers to them.
void put_in_place(json& part, const json& definitions) {
  const std::string to = part.is_object() ? part.value("$ref", "") : "";
  if (const std::string start = "#/definitions/"; to.starts_with(start))
    if (const json& meant = definitions.at(to.substr(start.size())); meant.contains("properties"))
      part = json(meant);
  if (part.is_structured())
    for (json& inner : part) put_in_place(inner, definitions);
}
json whole_schema() {
  json schema = json::parse(host::config_schema(registry()));
  const json definitions = schema.at("definitions");
  for (const char* mode : {"config", "change"})
    put_in_place(schema["definitions"][mode], definitions);
  return schema;
}

/// Returns the map among the forms that a key may have; of a class, that of the given type.
const json& map_in(const json& schema, const std::string& type = "") {
  if (schema.contains("properties") &&
      (type.empty() || schema["properties"].value("/type/const"_json_pointer, "") == type))
    return schema;
  static const json none;
  for (const char* list : {"anyOf", "allOf"})
    if (schema.contains(list))
      for (const json& one : schema[list])
        if (const json& found = map_in(one, type); !found.is_null()) return found;
  for (const char* branch : {"then", "else"})
    if (schema.contains(branch))
      if (const json& found = map_in(schema[branch], type); !found.is_null()) return found;
  return none;
}

/// Returns the schema of the items of the list of layers.
const json& items_in(const json& schema) {
  static const json none;
  if (schema.contains("items")) return schema["items"];
  for (const char* branch : {"then", "else"})
    if (schema.contains(branch))
      if (const json& found = items_in(schema[branch]); !found.is_null()) return found;
  return none;
}

std::string description_of(const json& schema) {
  if (schema.contains("description")) return schema["description"];
  if (schema.contains("then")) return description_of(schema["then"]);
  return schema.contains("anyOf") ? description_of(schema["anyOf"][0]) : "";
}

/// Checks that a map of the schema has the keys directly below the path, each described, the
/// settings of a class, and no others.
void check_keys(const json& map, const std::string& path, const char* kind = nullptr,
                const char* name = nullptr) {
  CAPTURE(path);
  Keys expected;
  for (const host::Key* const key : host::keys_in(path)) {
    CAPTURE(key->path);
    expected.emplace(key->name());
    REQUIRE(map["properties"].contains(key->setting.name));
    CHECK(description_of(map["properties"][key->setting.name]) == key->setting.doc);
  }
  if (kind) {
    expected.insert("type");
    const host::Class& plugin = *registry().find(kind, name);
    for (std::size_t i = 0; i < plugin.table->n_settings; ++i)
      expected.insert(host::setting_of(plugin, i).name);
  }
  CHECK(keys_of(map) == expected);
}

TEST_CASE("the schema has the keys of the host, each with its description", "[config]") {
  const json schema = whole_schema();
  for (const char* mode : {"config", "change"}) {
    CAPTURE(mode);
    const json& root = schema["definitions"][mode];
    const auto at = [](const json& map, const char* key,
                       const std::string& type = "") -> const json& {
      return map_in(map["properties"][key], type);
    };
    check_keys(root, "");
    const json &train = at(root, "train"), &data = at(root, "data", "diagonal");
    check_keys(train, "train");
    check_keys(at(train, "early_stopping"), "train.early_stopping");
    check_keys(at(train, "optimizer", "sgd"), "train.optimizer", "optimizer", "sgd");
    check_keys(at(train, "schedule", "constant"), "train.schedule", "schedule", "constant");
    check_keys(at(root, "model"), "model");
    check_keys(data, "data", "dataset", "diagonal");
    check_keys(at(data, "split"), "data.split");
    const json& layer = items_in(at(root, "model")["properties"]["layers"]);
    check_keys(map_in(layer, "dense"), "model.layers[]", "layer", "dense");
  }
}

TEST_CASE("the schema says the default of a key", "[config]") {
  const json schema = whole_schema();
  const json& root = schema["definitions"]["config"]["properties"];
  const json& train = map_in(root["train"])["properties"];
  CHECK(train["batch_size"]["anyOf"][0]["default"] == 32);
  CHECK(train["optimizer"]["then"]["default"] == "sgd");
  CHECK_FALSE(train["steps"]["anyOf"][0].contains("default"));
  CHECK(root["dtype"]["anyOf"][0]["default"] == "float32");
}

TEST_CASE("a setting is described by its own line", "[config]") {
  const json schema = whole_schema();
  const json& train = map_in(schema["definitions"]["config"]["properties"]["train"]);
  const json& cost = train["properties"]["cost"];
  const json& delta = map_in(cost, "huber")["properties"]["delta"]["anyOf"][0];
  CHECK(delta == json({{"type", "number"},
                       {"exclusiveMinimum", 0.0},
                       {"default", 1.0},
                       {"description", "error beyond which it is linear"}}));
}

}  // namespace
}  // namespace nnrun::testing
