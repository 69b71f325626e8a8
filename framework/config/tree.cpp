#include "config/tree.hpp"

#include <algorithm>
#include <utility>
namespace nnrun::host {

const ConfigNode* find(const ConfigNode& map, std::string_view key) {
  const auto found = std::ranges::find(map.entries, key, &ConfigEntry::key);
  return found == map.entries.end() ? nullptr : &found->value;
}

ConfigEntry* find_entry(ConfigNode& map, std::string_view key) {
  const auto found = std::ranges::find(map.entries, key, &ConfigEntry::key);
  return found == map.entries.end() ? nullptr : &*found;
}

ConfigNode* find(ConfigNode& map, std::string_view key) {
  ConfigEntry* const entry = find_entry(map, key);
  return entry ? &entry->value : nullptr;
}

ConfigNode map_of(std::string key, ConfigNode value) {
  ConfigNode map{.kind = ConfigNode::Kind::map, .entries = {}, .place = value.place};
  Place place = value.place;
  map.entries.push_back({std::move(key), std::move(place), std::move(value)});
  return map;
}

std::string described(const ConfigNode& node) {
  constexpr std::size_t longest = 40;
  switch (node.kind) {
    case ConfigNode::Kind::list:
      return "a list";
    case ConfigNode::Kind::map:
      return "a map";
    case ConfigNode::Kind::scalar: {
      std::string text = node.text;
      if (text.size() > longest) {
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
        text = text.substr(0, end).append("...");
      }
      return node.quoted ? "the text \"" + text + '"' : "'" + text + "'";
    }
    case ConfigNode::Kind::null:
    case ConfigNode::Kind::broken:
      break;
  }
  return "nothing";
}

}  // namespace nnrun::host
