#include "config/fields.hpp"

#include <algorithm>
#include <utility>

#include "config/hints.hpp"
namespace nnrun::host {

Fields::Fields(const ConfigNode* map, Place place, std::string owner, const char* noun,
               Problems& problems)
    : map_(map),
      place_(std::move(place)),
      owner_(std::move(owner)),
      noun_(noun),
      problems_(problems) {}

const ConfigNode* Fields::written(std::string_view key) {
  if (!std::ranges::count(known_, key)) known_.emplace_back(key);
  return map_ ? find(*map_, key) : nullptr;
}

const ConfigNode* Fields::take(std::string_view key) {
  const ConfigNode* const node = written(key);
  const bool usable =
      node && !node->is(ConfigNode::Kind::null) && !node->is(ConfigNode::Kind::broken);
  return usable ? node : nullptr;
}

const ConfigNode* Fields::require(std::string_view key, std::string hint) {
  const ConfigNode* const node = written(key);
  if (node && (node->is(ConfigNode::Kind::broken) || node->is_forgotten())) return nullptr;
  if (node && !node->is(ConfigNode::Kind::null)) return node;
  missing_.push_back({std::string(key), std::move(hint), node ? node->place : place_});
  return nullptr;
}

Fields Fields::inner(std::string_view key, std::string_view hint) {
  const ConfigNode* node = take(key);
  const Place place = node ? node->place : place_;
  if (node && !node->is(ConfigNode::Kind::map)) {
    problems_.add(place, "'" + std::string(key) + "' must be a map, not " + described(*node),
                  std::string(hint));
    node = nullptr;
  }
  return Fields(node, place, std::string(key), "key", problems_);
}

std::vector<const ConfigEntry*> Fields::not_asked_for() const {
  std::vector<const ConfigEntry*> out;
  if (map_)
    for (const ConfigEntry& entry : map_->entries)
      if (!std::ranges::count(known_, entry.key)) out.push_back(&entry);
  return out;
}

void Fields::refuse_forgotten() const {
  if (!map_) return;
  for (const ConfigEntry& entry : map_->entries)
    if (entry.value.is_forgotten() && std::ranges::count(known_, entry.key))
      problems_.add(entry.value.place, "'" + entry.key + "' has no value",
                    "write one, or delete the key");
}

void Fields::refuse_rest(const Elsewhere& elsewhere) const {
  refuse_forgotten();
  std::vector<std::string> meant;
  for (const ConfigEntry* const entry : not_asked_for()) {
    const Guess guess = guess_for(entry->key, known_);
    meant.push_back(guess.meant);
    const bool is_open = guess.meant.empty() && !guess.is_known;
    const std::string owner = elsewhere && is_open ? elsewhere(entry->key) : "";
    problems_.add(entry->place, owner_ + " has no " + noun_ + " '" + entry->key + "'",
                  owner.empty() ? guess.hint : owner);
  }
  for (const auto& [key, hint, place] : missing_)  // `unist: 5` is one mistake, not two
    if (!std::ranges::count(meant, key))
      problems_.add(place, owner_ + " needs '" + key + "'", hint);
}

}  // namespace nnrun::host
