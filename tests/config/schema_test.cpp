// The schema and the reader know the same keys.
#include "config/schema.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "config/uses.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Keys = std::set<std::string>;
using nlohmann::json;

constexpr auto whole = R"(data: diagonal
model: {input: 2, layers: [{type: dense, units: 1}]}
train: {cost: huber}
)";

/// The keys that the reader lists where a strange one stands at the path.
Keys known_to_reader(const std::string& path) {
  try {
    experiment(whole, {{path.empty() ? "zzzzzzzzzzzz" : path + ".zzzzzzzzzzzz", "1"}});
  } catch (const host::ConfigError& error) {
    for (const host::Problem& problem : error.problems()) {
      if (problem.what.find("zzzzzzzzzzzz") == std::string::npos) continue;
      CAPTURE(problem.what, problem.hint);
      REQUIRE(problem.hint.starts_with("one of: "));
      Keys keys;
      std::istringstream words(problem.hint.substr(8));
      for (std::string word; words >> word;) {
        if (word.ends_with(',')) word.pop_back();
        keys.insert(word);
      }
      return keys;
    }
  }
  FAIL("nothing was said about " << path);
  return {};
}

Keys keys_of(const json& map) {
  Keys keys;
  for (const auto& [key, schema] : map.at("properties").items()) keys.insert(key);
  return keys;
}

/// The map among what a key may be; of a class, that of the given type.
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

/// What a list of layers is made of.
const json& items_in(const json& schema) {
  static const json none;
  if (schema.contains("items")) return schema["items"];
  for (const char* branch : {"then", "else"})
    if (schema.contains(branch))
      if (const json& found = items_in(schema[branch]); !found.is_null()) return found;
  return none;
}

TEST_CASE("the schema has the keys that the reader knows, and no others", "[config]") {
  const json schema = json::parse(host::config_schema(registry()));
  for (const char* mode : {"config", "change"}) {
    CAPTURE(mode);
    const json& root = schema["definitions"][mode];
    CHECK(keys_of(root) == known_to_reader(""));
    const auto at = [](const json& map, const char* key,
                       const std::string& type = "") -> const json& {
      return map_in(map["properties"][key], type);
    };
    const json& train = at(root, "train");
    CHECK(keys_of(train) == known_to_reader("train"));
    CHECK(keys_of(at(train, "early_stopping")) == known_to_reader("train.early_stopping"));
    CHECK(keys_of(at(train, "optimizer", "sgd")) == known_to_reader("train.optimizer"));
    CHECK(keys_of(at(train, "schedule", "constant")) == known_to_reader("train.schedule"));
    CHECK(keys_of(at(root, "model")) == known_to_reader("model"));
    const json& data = at(root, "data", "diagonal");
    CHECK(keys_of(data) == known_to_reader("data"));
    CHECK(keys_of(at(data, "split")) == known_to_reader("data.split"));
    const json& layer = items_in(at(root, "model")["properties"]["layers"]);
    CHECK(keys_of(map_in(layer, "dense")) == known_to_reader("model.layers.dense_1"));
  }
}

TEST_CASE("what the reader takes beside the settings of a class is reserved, and nothing else",
          "[config]") {
  const auto taken = [](const std::string& kind, const std::string& name, const std::string& path) {
    Keys keys = known_to_reader(path);
    const host::Class& plugin = *registry().find(kind, name);
    for (std::size_t i = 0; i < plugin.table->n_settings; ++i)
      keys.erase(host::setting_of(plugin, i).name);
    return keys;
  };
  const auto reserved = [](const std::string& kind) {
    const std::vector<std::string> names = host::reserved_names(kind);
    return Keys(names.begin(), names.end());
  };
  CHECK(taken("dataset", "diagonal", "data") == reserved("dataset"));
  CHECK(taken("layer", "dense", "model.layers.dense_1") == reserved("layer"));
  CHECK(taken("optimizer", "sgd", "train.optimizer") == reserved("optimizer"));
  CHECK(taken("schedule", "constant", "train.schedule") == reserved("schedule"));
  CHECK(taken("cost", "huber", "train.cost") == reserved("cost"));
  CHECK(taken("gradient", "backprop", "train.gradient") == reserved("gradient"));
  CHECK(taken("random", "philox", "random") == reserved("random"));
}

TEST_CASE("a setting is described by its own line", "[config]") {
  const json schema = json::parse(host::config_schema(registry()));
  const json& train = map_in(schema["definitions"]["config"]["properties"]["train"]);
  const json& cost = train["properties"]["cost"];
  const json& delta = map_in(cost, "huber")["properties"]["delta"]["anyOf"][0];
  CHECK(delta == json({{"type", "number"},
                       {"exclusiveMinimum", 0.0},
                       {"default", 1.0},
                       {"description", "error from which on it is linear"}}));
}

}  // namespace
}  // namespace nnrun::testing
