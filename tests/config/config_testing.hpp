// Reads configs with the classes of tests/config/classes.c, so that new plugins do not change
// messages.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/said.hpp"
#include "base/scratch.hpp"
#include "config/experiment.hpp"
namespace nnrun::testing {

inline constexpr const char* test_classes = NNRUN_BUILD_DIR "/test_plugins/config_classes.so";

/// Keeps alive the classes that its experiments point to.
struct Loaded {
  host::Registry registry;
  Loaded() { registry.load(test_classes); }
};

/// Returns what people see, without `folder`; "nothing" if the config is right.
inline std::string said_of(const std::filesystem::path& file, const std::filesystem::path& folder,
                           const std::vector<host::Override>& overrides = {}) {
  Loaded loaded;
  const auto read = [&] { host::read_experiment(file, overrides, loaded.registry); };
  return replaced(said<host::Error>(read), folder.string() + "/", "");
}

/// Configs in a folder of their own; the one that is read is a.yaml.
class Configs {
 public:
  using File = std::pair<std::string_view, std::string_view>;
  explicit Configs(std::initializer_list<File> files) {
    for (const auto& [name, text] : files) scratch_.write(name, text);
  }
  explicit Configs(std::string_view text) : Configs({File("a.yaml", text)}) {}

  std::filesystem::path operator/(std::string_view name) const { return scratch_ / name; }
  host::Experiment read(const std::vector<host::Override>& overrides = {}) {
    return host::read_experiment(scratch_ / "a.yaml", overrides, loaded_.registry);
  }
  std::string said(const std::vector<host::Override>& overrides = {}) const {
    return said_of(scratch_ / "a.yaml", scratch_.folder(), overrides);
  }
  host::Registry& registry() { return loaded_.registry; }

 private:
  Scratch scratch_;
  Loaded loaded_;
};

/// A whole config, over which a test merges what it is about.
inline constexpr std::string_view line_config = R"(name: line
data: {type: points, train: 10}
model:
  input: 2
  defaults: {activation: sigmoid}
  layers:
    - {type: dense, units: 5}
    - {type: dense, units: 1}
train:
  cost: sum_squared_error
  gradient: {type: finite_difference, step: 0.5}
  optimizer: {type: sgd, learning_rate: 0.1, momentum: 0.9}
)";
inline Configs over_line(std::string_view difference) {
  return Configs(
      {{"line.yaml", line_config}, {"a.yaml", "extends: line.yaml\n" + std::string(difference)}});
}

/// Returns one key of the experiment as `nnrun compare` shows it; "-" if it is missing.
inline std::string key_of(const host::Experiment& experiment, const std::string& key) {
  const auto keys = host::resolved_keys(experiment);
  const auto found = keys.find(key);
  return found == keys.end() ? "-" : found->second;
}

}  // namespace nnrun::testing
