// {type: NAME, setting: …}, or NAME: a class of a plugin and its settings.
#pragma once
#include "config/fields.hpp"
#include "loading/object.hpp"
namespace nnrun::host {

/// Returns the keys that the host puts beside a class's settings; no setting can have one of these
/// names.
std::vector<std::string> reserved_names(std::string_view kind);
/// Returns whether a setting has one of these names, and may not: a layer may have a text
/// `activation`, which it applies itself. Then the host's key of that name is not for it.
bool is_reserved(std::string_view kind, const nnrun_setting& setting);

bool has_setting(const Class& plugin, std::string_view name);

/// A class as a config writes it. The host takes its own keys from fields() first (reserved names
/// of the kind), then the settings by use().
class Chosen {
 public:
  /// node: what is written; nullptr: the class `fallback`. Without a fallback a name is required.
  Chosen(std::string_view kind, const ConfigNode* node, std::string_view fallback,
         const Place& place, const Registry& registry, Problems& problems);

  const Class* plugin() const { return plugin_; }
  Fields& fields() { return fields_; }
  /// Checks the settings, takes those that are not written from the defaults or the class, and
  /// refuses other keys. Returns an empty Use if the class is unknown or a value is missing. Throws
  /// PluginError if the class has a setting with a reserved name. may_be_open: a setting that may
  /// be missing, though it is required: then it is 0.
  Use use(Fields* defaults = nullptr, std::optional<std::size_t> may_be_open = std::nullopt);

 private:
  const Class* find_class(const ConfigNode& name, std::string_view kind,
                          const Registry& registry) const;
  std::optional<Value> value_of(const nnrun_setting& setting, Fields* defaults, bool may_be_open);

  Fields fields_;
  const Registry* registry_;
  const Class* plugin_ = nullptr;
  Place place_;
};

/// Reads a class that has no keys of the host.
Use read_use(std::string_view kind, const ConfigNode* node, std::string_view fallback,
             const Place& place, const Registry& registry, Problems& problems);

/// The same of a text of its own, such as an option of the command line. Throws ConfigError.
Use read_use(std::string_view kind, const std::shared_ptr<const Source>& text,
             const Registry& registry);

}  // namespace nnrun::host
