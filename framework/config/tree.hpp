// A config as written: scalars, lists and maps, each with its place. Nothing is interpreted here.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
namespace nnrun::host {

struct ConfigEntry;

struct ConfigNode {
  enum class Kind { null, scalar, list, map, broken /* already reported */ };
  Kind kind = Kind::null;
  bool quoted = false;              ///< scalar: "7" is a text
  std::string text = {};            ///< scalar, or the word for null; may be empty
  std::vector<ConfigNode> items{};  ///< list
  /// map, in the order of the file, every key once; no {}, which needs the entry's definition
  std::vector<ConfigEntry> entries;
  Place place{};

  bool is(Kind wanted) const { return kind == wanted; }
  bool is_forgotten() const { return kind == Kind::null && text.empty(); }
};

struct ConfigEntry {
  std::string key;
  Place place;  ///< of the key
  ConfigNode value;
};

/// Return nullptr if the map has no such key or the node is not a map.
const ConfigNode* find(const ConfigNode& map, std::string_view key);
ConfigNode* find(ConfigNode& map, std::string_view key);
ConfigEntry* find_entry(ConfigNode& map, std::string_view key);

/// Returns a map of one key, such as `type: NAME`.
ConfigNode map_of(std::string key, ConfigNode value);

/// Returns what the user wrote, for messages: "a list", "a map", "'abc'", "the text \"7\"",
/// "nothing".
std::string described(const ConfigNode& node);

}  // namespace nnrun::host
