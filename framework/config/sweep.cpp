#include "config/sweep.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "config/fields.hpp"
namespace nnrun::host {
namespace {

/// A value as it can stand behind `--set path=`.
std::string yaml_of(const ConfigNode& node) {
  std::string out;
  std::string_view separator = "";
  switch (node.kind) {
    case ConfigNode::Kind::null:
    case ConfigNode::Kind::broken:
      return "null";
    case ConfigNode::Kind::scalar:
      if (!node.quoted) return node.text;
      for (const char c : node.text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      return "\"" + out + "\"";
    case ConfigNode::Kind::list:
      for (const ConfigNode& item : node.items)
        out.append(std::exchange(separator, ", ")).append(yaml_of(item));
      return "[" + out + "]";
    case ConfigNode::Kind::map:
      break;
  }
  for (const ConfigEntry& entry : node.entries)
    out.append(std::exchange(separator, ", "))
        .append(entry.key)
        .append(": ")
        .append(yaml_of(entry.value));
  return "{" + out + "}";
}

nnrun_setting number(const char* name) {
  nnrun_setting setting = text(name);
  setting.type = NNRUN_FLOAT;
  return setting;
}

void read_range(const ConfigNode& node, SweepKey& key, Problems& problems) {
  Fields fields(&node, node.place, "a range", "key", problems);
  const auto bound = [&](const char* name) {
    const ConfigNode* const written = fields.require(name, "write {min: 0.001, max: 1, log: true}");
    const auto value = written ? read_value(*written, number(name), problems) : std::nullopt;
    return value ? std::optional(std::get<double>(*value)) : std::nullopt;
  };
  const auto min = bound("min"), max = bound("max");
  key.is_range = true;
  key.logarithmic = fields.take(true_or_false("log"), false);
  key.whole = fields.take(true_or_false("integer"), false);
  fields.refuse_rest();
  if (!min || !max) return;
  key.min = *min;
  key.max = *max;
  if (key.min >= key.max)
    problems.add(node.place, "'min' of a range must be below its 'max'");
  else if (key.logarithmic && key.min <= 0)
    problems.add(node.place, "a range with log: true must be above 0");
}

}  // namespace

SweepSpec read_sweep(const ConfigNode& node, Problems& problems) {
  constexpr const char* hint = "write sweep: {train.batch_size: [10, 100]}";
  SweepSpec sweep;
  if (!node.is(ConfigNode::Kind::map)) {
    problems.add(node.place,
                 "'sweep' must be a map of keys with their values, not " + described(node), hint);
    return sweep;
  }
  if (const ConfigNode* const random = find(node, "random"))
    if (const auto value = read_value(*random, whole_number("random", 1), problems))
      sweep.random = static_cast<std::size_t>(std::get<std::int64_t>(*value));
  bool found = false;
  for (const ConfigEntry& entry : node.entries) {
    if (entry.key == "random") continue;
    found = true;
    SweepKey key{.path = entry.key, .place = entry.place};
    constexpr std::array<const char*, 4> never{"name", "seed", "extends", "sweep"};
    if (std::ranges::find(never, entry.key) != never.end()) {
      problems.add(entry.place, "a sweep cannot change '" + entry.key + "'",
                   entry.key == "seed" ? "nnrun sweep CONFIG --seeds 5" : "");
      continue;
    }
    const ConfigNode& value = entry.value;
    const bool range = value.is(ConfigNode::Kind::map);
    if (range && sweep.random > 0)
      read_range(value, key, problems);
    else if (range)
      problems.add(value.place, "a range needs 'random' in the sweep: how many are drawn",
                   "write random: 20, or a list of values");
    else if (!value.is(ConfigNode::Kind::list))
      problems.add(
          value.place,
          "'" + entry.key + "' in the sweep must be a list of values, not " + described(value),
          hint);
    else if (value.items.empty())
      problems.add(value.place, "'" + entry.key + "' in the sweep has no values", hint);
    for (const ConfigNode& item : value.items) key.values.push_back(yaml_of(item));
    std::vector<std::string> sorted = key.values;
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
      problems.add(value.place,
                   "'" + entry.key + "' in the sweep has the value " + *twice + " twice");
    sweep.keys.push_back(std::move(key));
  }
  if (!found) problems.add(node.place, "the sweep changes no key", hint);
  return sweep;
}

}  // namespace nnrun::host
