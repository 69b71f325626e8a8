#include "checking/given.hpp"

#include <algorithm>

#include "config/fields.hpp"
#include "config/uses.hpp"
namespace nnrun::host {

void give(Subject& subject, const GivenSettings& given, const Registry& registry,
          Problems& problems) {
  const Class& plugin = subject.plugin();
  const ConfigNode* const own = find(given, plugin.name);
  if (own == nullptr) return;
  if (!own->is(ConfigNode::Kind::map))
    return problems.add(own->place, "'" + plugin.name + "' is a class, not a setting",
                        "write --set " + plugin.name + ".SETTING=VALUE");
  Fields fields(own, own->place, plugin.kind + " '" + plugin.name + "'", "setting", problems);
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
  for (const std::string& kind : known_kinds()) {
    const Class* const namesake = registry.find(kind, plugin.name);
    for (const ConfigEntry& entry : own->entries)
      if (namesake && has_setting(*namesake, entry.key)) fields.written(entry.key);
  }
  fields.refuse_rest();
}

}  // namespace nnrun::host
