#include "library/objects.hpp"
namespace nnrun::host {
namespace {

/// What plugins say while nobody of ours is in the thread is dropped: a library prints nothing.
void drop(int, const char*) {}

}  // namespace

LoadedPlugins::LoadedPlugins(const nnrun_options& options)
    : log{options.log, options.user}, registry([this](const std::string& warning) {
        if (log.take != nullptr) log.take(log.user, 1, warning.c_str());
      }) {
  set_plugin_log(drop);
  registry.tell_before_loading([this](const std::string& library, const std::string& config) {
    if (log.take != nullptr)
      log.take(log.user, 1, ("loading " + library + ", which " + config + " names").c_str());
  });
  const LogsHere logs(&log);
  for (const auto* table = options.built_in; table != nullptr && *table != nullptr; ++table)
    registry.add_built_in(*table);
  if ((options.flags & NNRUN_BUILT_IN_ONLY) != 0)
    registry.close();
  else if (options.plugin_path == nullptr)
    load_default_plugins(registry);
  else
    load_default_plugins(registry, options.plugin_path, "the plugin path");
  if ((options.flags & NNRUN_NO_NAMED_PLUGINS) != 0) registry.close();
}

}  // namespace nnrun::host
