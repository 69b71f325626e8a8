// One map of the config, read key by key. A key that is not asked for is an error at the end.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "config/problems.hpp"
#include "config/settings.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

class Fields {
 public:
  /// owner: what has these keys, for messages: "train", "layer 'dense'". noun: "key" or "setting".
  /// map: nullptr for an empty one.
  Fields(const ConfigNode* map, Place place, std::string owner, const char* noun,
         Problems& problems);

  /// Returns the value as written, even null; nullptr if the key is absent.
  const ConfigNode* written(std::string_view key);
  /// Returns nullptr if the key is absent, null, or already reported.
  const ConfigNode* take(std::string_view key);
  /// Like take, but refuse_rest reports the key if it is absent or null.
  const ConfigNode* require(std::string_view key, std::string hint);
  /// Returns the value of a key, or `fallback`.
  template <class T>
  T take(const nnrun_setting& setting, T fallback) {
    const ConfigNode* const node = take(setting.name);
    const auto value = node ? read_value(*node, setting, problems_) : std::nullopt;
    return value ? std::get<T>(*value) : fallback;
  }
  /// Returns the map at a key as Fields of its own; empty if the key is absent.
  Fields inner(std::string_view key, std::string_view hint);

  /// Returns the keys that have not been asked for.
  std::vector<const ConfigEntry*> not_asked_for() const;
  /// Reports keys that have no value, not even null.
  void refuse_forgotten() const;
  /// Says where a key belongs that this map does not have; empty if nowhere.
  using Elsewhere = std::function<std::string(const std::string& key)>;
  /// Reports every key that was not asked for, and every required one that is missing.
  void refuse_rest(const Elsewhere& elsewhere = {}) const;

  const Place& place() const { return place_; }
  Problems& problems() const { return problems_; }
  const std::vector<std::string>& known() const { return known_; }

 private:
  const ConfigNode* map_;
  Place place_;
  std::string owner_;
  const char* noun_;
  Problems& problems_;
  std::vector<std::string> known_;
  struct Missing {
    std::string key, hint;
    Place place;
  };
  std::vector<Missing> missing_;
};

}  // namespace nnrun::host
