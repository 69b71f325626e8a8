// One map of the config, read key by key; what nobody asked for is an error in the end.
#pragma once
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

class Fields {
 public:
  /// owner: who has these keys, for messages: "train", "layer 'dense'". noun: "key" or "setting".
  /// map: nullptr for an empty one.
  Fields(const ConfigNode* map, Place place, std::string owner, const char* noun,
         Problems& problems);

  /// The value as written: null too. nullptr where the key is absent.
  const ConfigNode* written(std::string_view key);
  /// nullptr where the key is absent, null, or complained about already.
  const ConfigNode* take(std::string_view key);
  /// Like take; refuse_rest complains where the key is absent or null.
  const ConfigNode* require(std::string_view key, std::string hint);
  /// A value that is read like a plugin's setting.
  template <class T>
  T take(const nnrun_setting& setting, T fallback) {
    const ConfigNode* const node = take(setting.name);
    const auto value = node ? read_value(*node, setting, problems_) : std::nullopt;
    return value ? std::get<T>(*value) : fallback;
  }
  /// The map at a key, as Fields of its own; empty where there is none.
  /// example: what it may hold, for the message.
  Fields inner(std::string_view key, std::string_view example);

  /// Complains of keys without a value, not even null.
  void refuse_forgotten() const;
  /// Complains of every key that was not asked for, and of the required ones that are not there.
  void refuse_rest() const;

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
