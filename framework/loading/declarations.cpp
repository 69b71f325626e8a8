#include "loading/declarations.hpp"

#include "loading/object.hpp"
namespace nnrun::host {
namespace {

/// Returns true for a library that was built before classes could declare this.
bool says_it_by_names(const Class& plugin) {
  return plugin.library->table->abi_minor < 2;
}

}  // namespace

bool has_units(const Class& layer) {
  if (!says_it_by_names(layer)) return (functions_of<nnrun_layer>(layer).flags & NNRUN_UNITS) != 0;
  for (std::size_t i = 0; i < layer.table->n_settings; ++i)
    if (const std::string_view name = setting_of(layer, i).name;
        name == "units" || name == "filters")
      return true;
  return false;
}

std::optional<std::size_t> units_setting(const Class& layer) {
  for (std::size_t i = 0; has_units(layer) && i < layer.table->n_settings; ++i) {
    const nnrun_setting& setting = setting_of(layer, i);
    if (std::string_view(setting.name) == "units" && setting.type == NNRUN_INT &&
        (setting.flags & NNRUN_REQUIRED) != 0)
      return i;
  }
  return std::nullopt;
}

bool means(const Class& dataset, const nnrun_setting& setting, std::uint32_t flag) {
  if (!says_it_by_names(dataset)) return (setting.flags & flag) != 0;
  const std::string_view name(setting.name);
  return (flag == NNRUN_CLASSES && name == "classes") ||
         (flag == NNRUN_SEPARATOR && name == "separator");
}

}  // namespace nnrun::host
