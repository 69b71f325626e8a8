#include "checking/given.hpp"

#include <algorithm>

#include "config/fields.hpp"
#include "config/uses.hpp"
namespace nnrun::host {

namespace {

/// Returns the kinds that have a class of this name with this setting.
std::vector<std::string> kinds_with(const std::string& name, const std::string& setting,
                                    const Registry& registry) {
  std::vector<std::string> kinds;
  for (const std::string& kind : known_kinds())
    if (const Class* const plugin = registry.find(kind, name);
        plugin != nullptr && has_setting(*plugin, setting))
      kinds.push_back(kind);
  return kinds;
}

void give_from(const ConfigNode& own, Subject& subject, Problems& problems) {
  const Class& plugin = subject.plugin();
  if (!own.is(ConfigNode::Kind::map))
    return problems.add(own.place, "'" + plugin.name + "' is a class, not a setting",
                        "write --set " + plugin.name + ".SETTING=VALUE");
  Fields fields(&own, own.place, plugin.kind + " '" + plugin.name + "'", "setting", problems);
  for (std::size_t i = 0; i < plugin.table->n_settings; ++i) {
    const nnrun_setting& setting = setting_of(plugin, i);
    const ConfigNode* const node = fields.take(setting.name);
    auto value = node ? read_value(*node, setting, problems) : std::nullopt;
    if (!value) continue;
    subject.use.settings[i] = std::move(*value);
    std::erase(subject.guessed, setting.name);
    subject.given = true;
    subject.defaults = false;
  }
  fields.refuse_rest();
}

}  // namespace

void give(Subject& subject, const GivenSettings& given, const Registry& registry,
          Problems& problems) {
  const Class& plugin = subject.plugin();
  if (const ConfigNode* const of_kind = find(given, plugin.kind))
    if (const ConfigNode* const own = find(*of_kind, plugin.name))
      give_from(*own, subject, problems);
  const ConfigNode* const own = find(given, plugin.name);
  if (own == nullptr) return;
  ConfigNode mine = *own;  // without what another class of its name is given
  std::erase_if(mine.entries, [&](const ConfigEntry& entry) {
    const std::vector<std::string> kinds = kinds_with(plugin.name, entry.key, registry);
    if (kinds.size() > 1 && kinds.front() == plugin.kind)
      problems.add(entry.place,
                   "'" + plugin.name + "." + entry.key + "' is a setting of the " + kinds[0] +
                       " of that name and of the " + kinds[1],
                   "write --set " + kinds[0] + "." + plugin.name + "." + entry.key + "=VALUE");
    return kinds.size() > 1 || (kinds.size() == 1 && kinds.front() != plugin.kind) ||
           registry.find(plugin.name, entry.key) != nullptr;  // a kind may be called as a class is
  });
  if (!mine.is(ConfigNode::Kind::map) || !mine.entries.empty()) give_from(mine, subject, problems);
}

}  // namespace nnrun::host
