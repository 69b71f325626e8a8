// The project's own plugins, loaded once, and small experiments made of YAML.
#pragma once
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/scratch.hpp"
#include "config/experiment.hpp"
#include "loading/object.hpp"
#include "loading/registry.hpp"
namespace nnrun::testing {

/// All plugin sets of the build folder.
inline host::Registry& registry() {
  static host::Registry loaded = [] {
    host::Registry r;
    r.load_folder(NNRUN_BUILD_DIR "/plugins");
    return r;
  }();
  return loaded;
}

/// Returns a class with its defaults and some settings given; required ones get an example value.
inline host::Use use(const std::string& kind, const std::string& name,
                     const std::vector<std::pair<std::string, host::Value>>& given = {}) {
  const host::Class* found = registry().find(kind, name);
  if (!found) throw std::runtime_error("no " + kind + " '" + name + "'");
  host::Use use{found, {}, {}};
  for (std::uint32_t i = 0; i < found->table->n_settings; ++i) {
    const nnrun_setting& s = host::setting_of(*found, i);
    const auto own = std::ranges::find(given, s.name, &std::pair<std::string, host::Value>::first);
    if (own != given.end())
      use.settings.push_back(own->second);
    else if (!(s.flags & NNRUN_REQUIRED))
      use.settings.push_back(host::default_of(s));
    else if (s.type == NNRUN_INT)
      use.settings.emplace_back(std::int64_t{3});
    else if (s.type == NNRUN_FLOAT)
      use.settings.emplace_back(0.5);
    else if (s.type == NNRUN_FLOATS)
      use.settings.emplace_back(std::vector<double>{2, 2});
    else
      use.settings.emplace_back(std::string(NNRUN_SOURCE_DIR "/configs/data/symptoms.csv"));
  }
  return use;
}

inline host::Experiment experiment(const std::string& yaml,
                                   const std::vector<host::Override>& overrides = {}) {
  static const Scratch scratch;
  static int number = 0;
  return host::read_experiment(scratch.write("e" + std::to_string(++number) + ".yaml", yaml),
                               overrides, registry());
}
inline host::Experiment shipped(const std::string& name,
                                const std::vector<host::Override>& overrides = {}) {
  return host::read_experiment(NNRUN_SOURCE_DIR "/configs/" + name, overrides, registry());
}

/// Returns the names of a kind, for GENERATE: a new plugin is under the laws the moment it exists.
inline std::vector<std::string> names(const std::string& kind) {
  return registry().names(kind);
}

}  // namespace nnrun::testing
