#include "config/sweep.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/fields.hpp"
#include "config/flow_yaml.hpp"
#include "config/keys.hpp"
namespace nnrun::host {
namespace {

void read_range(const ConfigNode& node, SweepKey& key, Problems& problems) {
  Fields fields(&node, node.place, "a range", "key", problems);
  const auto bound = [&](const char* path) {
    const Key& end = key_at(path);
    const ConfigNode* const written = fields.require(end.name(), std::string(end.hint));
    const auto value = written ? read_value(*written, end.setting, problems) : std::nullopt;
    return value ? std::optional(std::get<double>(*value)) : std::nullopt;
  };
  const auto min = bound("sweep[].min"), max = bound("sweep[].max");
  key.is_range = true;
  key.logarithmic = fields.take(key_at("sweep[].log").setting, false);
  key.whole = fields.take(key_at("sweep[].integer").setting, false);
  fields.refuse_rest();
  if (!min || !max) return;
  key.min = *min;
  key.max = *max;
  if (key.min >= key.max)
    problems.add(node.place, "'min' of a range must be below its 'max'");
  else if (key.logarithmic && key.min <= 0)
    problems.add(node.place, "a range with log: true must be above 0");
}

void read_values(const ConfigNode& list, SweepKey& key, Problems& problems) {
  const std::string name = "'" + key.path + "' in the sweep ";
  const std::string hint(key_at("sweep").hint);
  if (!list.is(ConfigNode::Kind::list))
    return problems.add(list.place, name + "must be a list of values, not " + described(list),
                        hint);
  if (list.items.empty()) problems.add(list.place, name + "has no values", hint);
  for (const ConfigNode& item : list.items) key.values.push_back(flow_yaml(item));
  std::vector<std::string> sorted = key.values;
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
    problems.add(list.place, name + "has the value " + *twice + " twice");
}

SweepKey read_key(const ConfigEntry& entry, bool is_random, Problems& problems) {
  SweepKey key{.path = entry.key, .place = entry.place};
  if (!entry.value.is(ConfigNode::Kind::map))
    read_values(entry.value, key, problems);
  else if (is_random)
    read_range(entry.value, key, problems);
  else
    problems.add(entry.value.place, "a range needs 'random' in the sweep: how many are drawn",
                 "write random: 20, or a list of values");
  return key;
}

}  // namespace

SweepSpec read_sweep(const ConfigNode& node, Problems& problems) {
  const Key& row = key_at("sweep");
  SweepSpec sweep;
  if (!node.is(ConfigNode::Kind::map)) {
    problems.add(node.place,
                 "'sweep' must be a map of keys with their values, not " + described(node),
                 std::string(row.hint));
    return sweep;
  }
  if (const ConfigNode* const random = find(node, "random"))
    if (const auto value = read_value(*random, key_at("sweep.random").setting, problems))
      sweep.random = static_cast<std::size_t>(std::get<std::int64_t>(*value));
  bool found = false;
  for (const ConfigEntry& entry : node.entries) {
    if (entry.key == "random") continue;
    found = true;
    constexpr std::array<std::string_view, 4> never{"name", "seed", "extends", "sweep"};
    if (std::ranges::count(never, entry.key))
      problems.add(entry.place, "a sweep cannot change '" + entry.key + "'",
                   entry.key == "seed" ? "nnrun sweep CONFIG --seeds 5" : "");
    else
      sweep.keys.push_back(read_key(entry, sweep.random > 0, problems));
  }
  if (!found) problems.add(node.place, "the sweep changes no key", std::string(row.hint));
  return sweep;
}

}  // namespace nnrun::host
