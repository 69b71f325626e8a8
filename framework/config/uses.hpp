// {type: NAME, setting: …}, or NAME: a class of a plugin and its settings.
#pragma once
#include "config/fields.hpp"
#include "loading/object.hpp"
namespace nnrun::host {

/// The keys beside a class's settings that the host takes for itself; no setting can have one of
/// these names.
std::vector<std::string> reserved_names(std::string_view kind);
/// True for one of them.
bool is_reserved(std::string_view kind, std::string_view setting);

/// A pluggable thing as written. The host asks it for keys of its own, which are reserved names of
/// the kind, then for the settings.
class Chosen {
 public:
  /// node: nullptr for fallback, a name; without a fallback the name is required.
  Chosen(std::string_view kind, const ConfigNode* node, std::string_view fallback,
         const Place& place, const Registry& registry, Problems& problems);

  const Class* plugin() const { return plugin_; }
  Fields& fields() { return fields_; }
  /// Checks the settings, those not written taken from defaults or the class, and refuses the rest.
  /// Empty where the class is unknown or a value is missing. Throws PluginError where the class has
  /// a setting with a reserved name.
  Use use(Fields* defaults = nullptr);

 private:
  const Class* find_class(const ConfigNode& name, std::string_view kind,
                          const Registry& registry) const;
  std::optional<Value> value_of(const nnrun_setting& setting, Fields* defaults);

  Fields fields_;
  const Class* plugin_ = nullptr;
  Place place_;
};

bool has_setting(const Class& plugin, std::string_view name);

/// A pluggable thing that has no keys of the host.
Use read_use(std::string_view kind, const ConfigNode* node, std::string_view fallback,
             const Place& place, const Registry& registry, Problems& problems);

}  // namespace nnrun::host
