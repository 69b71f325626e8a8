#include "config/columns.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/fields.hpp"
#include "config/flow_yaml.hpp"
#include "config/hints.hpp"
#include "config/keys.hpp"
namespace nnrun::host {
namespace {

constexpr std::array column_type_words{"as_found", "number", "category", "unused"};
constexpr std::array column_missing_words{"error",  "drop",          "mean",
                                          "median", "most_frequent", "constant"};
constexpr std::array column_unknown_words{"error", "ignore", "other"};
constexpr std::array column_scale_words{"none", "standard", "min_max", "robust"};
constexpr std::array target_scale_words{"none", "standard", "min_max", "log"};

template <class Enum, std::size_t n>
std::optional<Enum> meaning_of(const std::array<const char*, n>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}
template <class Enum, std::size_t n>
const char* word_at(const std::array<const char*, n>& words, Enum value) {
  return words[static_cast<std::size_t>(value)];
}

class ColumnReader {
 public:
  ColumnReader(const ConfigEntry& entry, Problems& problems)
      : node_(entry.value), problems_(problems) {
    rule_.name = {entry.key, entry.place};
  }

  ColumnRule read() {
    if (node_.is(ConfigNode::Kind::scalar)) {
      read_type(node_);
      return rule_;
    }
    if (!node_.is(ConfigNode::Kind::map)) {
      problems_.add(node_.place,
                    "column " + single_quoted(rule_.name.value) + " must be a type or a map, not " +
                        described(node_),
                    std::string(key_at("data.columns").hint));
      return rule_;
    }
    Fields fields(&node_, node_.place, "column " + single_quoted(rule_.name.value), "key",
                  problems_);
    if (const ConfigNode* const type = fields.take("type")) read_type(*type);
    if (const ConfigNode* const missing = fields.take("missing")) read_missing(*missing);
    rule_.indicator = fields.take(key_at("data.columns[].indicator").setting, false);
    if (const ConfigNode* const scale = fields.take("scale"))
      if (const auto text = text_of(*scale, "data.columns[].scale"))
        rule_.scale = meaning_of<Scale>(column_scale_words, *text);
    if (const ConfigNode* const unknown = fields.take("unknown"))
      if (const auto text = text_of(*unknown, "data.columns[].unknown"))
        rule_.unknown = *unknown_of(*text);
    if (const ConfigNode* const decimal = fields.take("decimal"))
      if (const auto text = text_of(*decimal, "data.columns[].decimal"))
        rule_.decimal = text->front();
    if (const ConfigNode* const gaps = fields.take("gaps"))
      if (auto list = read_value(*gaps, key_at("data.columns[].gaps").setting, problems_))
        rule_.gaps = std::get<std::vector<std::string>>(std::move(*list));
    fields.refuse_rest();
    require_sense();
    return rule_;
  }

 private:
  std::optional<std::string> text_of(const ConfigNode& node, const char* path) {
    const auto value = read_value(node, key_at(path).setting, problems_);
    return value ? std::optional(std::get<std::string>(*value)) : std::nullopt;
  }

  void read_type(const ConfigNode& node) {
    if (const auto text = text_of(node, "data.columns[].type"))
      rule_.type = *meaning_of<ColumnType>(column_type_words, *text);
  }

  void read_missing(const ConfigNode& node) {
    const ConfigNode* const constant = find(node, "constant");
    if (constant && node.entries.size() == 1 && constant->is(ConfigNode::Kind::scalar)) {
      rule_.missing = MissingRule::constant;
      rule_.constant = constant->text;
      return;
    }
    const auto known = node.is(ConfigNode::Kind::scalar) ? missing_of(node.text) : std::nullopt;
    if (!known || *known == MissingRule::constant) {
      problems_.add(node.place, "'missing' cannot be " + described(node),
                    "one of: error, drop, mean, median, most_frequent, {constant: 0}");
      return;
    }
    rule_.missing = *known;
  }

  /// Refuses what has no meaning together.
  void require_sense() {
    const bool filled = rule_.missing != MissingRule::error && rule_.missing != MissingRule::drop;
    if (rule_.indicator && !filled)
      problems_.add(node_.place, "'indicator' needs a value in place of missing ones",
                    "write missing: median, or {constant: 0}");
    const bool category = rule_.type == ColumnType::category;
    if (category && (rule_.missing == MissingRule::mean || rule_.missing == MissingRule::median))
      problems_.add(node_.place, std::string("a category has no ") + word_of(rule_.missing),
                    "write missing: most_frequent, or {constant: none}");
    if (category && rule_.scale)
      problems_.add(node_.place, "a category is not scaled: its inputs are 0 and 1",
                    "remove 'scale'");
    if (rule_.decimal != '\0' && rule_.type != ColumnType::number &&
        rule_.type != ColumnType::as_found)
      problems_.add(node_.place, "'decimal' is for numbers", "remove it");
    if (rule_.type == ColumnType::number && rule_.unknown != UnknownRule::error)
      problems_.add(node_.place, "'unknown' is for texts, not for numbers", "remove it");
    if (rule_.type == ColumnType::number && rule_.missing == MissingRule::constant &&
        !parse_double(rule_.constant))
      problems_.add(node_.place, "the constant must be a number, not '" + rule_.constant + "'",
                    "write {constant: 0}");
  }

  const ConfigNode& node_;
  Problems& problems_;
  ColumnRule rule_;
};

void put(ConfigNode& map, std::string key, ConfigNode value) {
  map.kind = ConfigNode::Kind::map;
  map.entries.push_back({std::move(key), {}, std::move(value)});
}

}  // namespace

const char* word_of(ColumnType type) {
  return word_at(column_type_words, type);
}
const char* word_of(MissingRule missing) {
  return word_at(column_missing_words, missing);
}
const char* word_of(UnknownRule unknown) {
  return word_at(column_unknown_words, unknown);
}
const char* word_of(Scale scale) {
  return word_at(column_scale_words, scale);
}
const char* word_of(TargetScale scale) {
  return word_at(target_scale_words, scale);
}
std::optional<MissingRule> missing_of(std::string_view text) {
  return meaning_of<MissingRule>(column_missing_words, text);
}
std::optional<UnknownRule> unknown_of(std::string_view text) {
  return meaning_of<UnknownRule>(column_unknown_words, text);
}
std::optional<TargetScale> target_scale_of(std::string_view text) {
  return meaning_of<TargetScale>(target_scale_words, text);
}

std::vector<ColumnRule> read_columns(const ConfigNode& node, Problems& problems) {
  std::vector<ColumnRule> rules;
  if (!node.is(ConfigNode::Kind::map)) {
    problems.add(node.place, "'columns' must be a map of columns, not " + described(node),
                 std::string(key_at("data.columns").hint));
    return rules;
  }
  for (const ConfigEntry& entry : node.entries)
    if (!entry.value.is(ConfigNode::Kind::null) && !entry.value.is(ConfigNode::Kind::broken))
      rules.push_back(ColumnReader(entry, problems).read());
  return rules;
}

std::vector<TargetRule> read_target_scales(const ConfigNode& node, const Key& key,
                                           Problems& problems) {
  std::vector<TargetRule> rules;
  for (const ConfigEntry& entry : node.entries) {
    if (entry.value.is(ConfigNode::Kind::null)) continue;
    if (const auto word = read_value(entry.value, key.setting, problems))
      rules.push_back({{entry.key, entry.place}, *target_scale_of(std::get<std::string>(*word))});
  }
  return rules;
}

ConfigNode node_of(const std::vector<TargetRule>& targets) {
  ConfigNode map;
  for (const TargetRule& rule : targets) put(map, rule.name.value, text_node(word_of(rule.scale)));
  return map;
}

ConfigNode node_of(const std::vector<ColumnRule>& columns) {
  ConfigNode all;
  for (const ColumnRule& rule : columns) {
    ConfigNode map;
    put(map, "type", text_node(word_of(rule.type)));
    ConfigNode constant;
    if (rule.missing == MissingRule::constant)
      put(constant, "constant", text_node(rule.constant));
    else
      constant = text_node(word_of(rule.missing));
    put(map, "missing", std::move(constant));
    put(map, "indicator", plain_node(rule.indicator ? "true" : "false"));
    if (rule.scale) put(map, "scale", text_node(word_of(*rule.scale)));
    put(map, "unknown", text_node(word_of(rule.unknown)));
    if (rule.decimal != '\0') put(map, "decimal", text_node(std::string(1, rule.decimal)));
    if (!rule.gaps.empty()) {
      ConfigNode gaps;
      gaps.kind = ConfigNode::Kind::list;
      for (const std::string& gap : rule.gaps) gaps.items.push_back(text_node(gap));
      put(map, "gaps", std::move(gaps));
    }
    put(all, rule.name.value, std::move(map));
  }
  return all;
}

}  // namespace nnrun::host
