#include "config/written_keys.hpp"

#include "config/compose.hpp"
namespace nnrun::host {

WrittenKeys::WrittenKeys(const ConfigNode& root) {
  add(root, "");
}

void WrittenKeys::add(const ConfigNode& node, const std::string& path) {
  if (!path.empty() && node.place.source) places_.emplace(path, node.place);
  const std::string prefix = path.empty() ? path : path + ".";
  for (const ConfigEntry& entry : node.entries) add(entry.value, prefix + entry.key);
  if (path != "model.layers") return;
  const std::vector<std::string> names = layer_names(node);
  for (std::size_t i = 0; i < names.size(); ++i) add(node.items[i], prefix + names[i]);
}

const Place* WrittenKeys::find(std::string_view path) const {
  const auto found = places_.find(path);
  return found == places_.end() ? nullptr : &found->second;
}

Place WrittenKeys::place_of(std::string_view path) const {
  for (;;) {
    if (const Place* const place = find(path)) return *place;
    const std::size_t dot = path.rfind('.');
    if (dot == path.npos) return {};
    path = path.substr(0, dot);
  }
}

Place WrittenKeys::place_in_layer(const std::string& layer, const std::string& key) const {
  for (const std::string& path : {"model.layers." + layer + "." + key, "model.defaults." + key})
    if (const Place* const place = find(path)) return *place;
  return place_of("model.layers." + layer);
}

}  // namespace nnrun::host
