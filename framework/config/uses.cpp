#include "config/uses.hpp"

#include <algorithm>
#include <utility>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "config/formula_fields.hpp"
#include "config/hints.hpp"
#include "config/keys.hpp"
#include "config/yaml.hpp"
namespace nnrun::host {
namespace {

std::string owner_of(std::string_view kind, const ConfigNode* node, std::string_view fallback) {
  const bool is_map = node && node->is(ConfigNode::Kind::map);
  const ConfigNode* type = is_map ? find(*node, "type") : node;
  if (is_map && !type_by_formula(*node, kind).empty()) fallback = formula_word;
  const std::string name =
      type && type->is(ConfigNode::Kind::scalar) ? type->text : std::string(fallback);
  return name.empty() ? "this " + std::string(kind) : std::string(kind) + " '" + name + "'";
}

bool has_article_an(std::string_view word) {
  return std::string_view("aeiou").find(word.front()) != std::string_view::npos;
}

/// Returns the keys that choose a class of a kind.
std::vector<std::string> choosing_words(std::string_view kind) {
  std::vector<std::string> words{"type"};
  if (may_be_a_formula(kind)) words.emplace_back(formula_word);
  return words;
}

/// Returns the key of a map that is one of these with a letter wrong; nullptr if there is none.
const ConfigEntry* misspelt_choice(const ConfigNode& map, std::string_view kind) {
  const std::vector<std::string> words = choosing_words(kind);
  const auto found = std::ranges::find_if(
      map.entries, [&](const ConfigEntry& entry) { return nearest(entry.key, words).has_value(); });
  return found == map.entries.end() ? nullptr : &*found;
}

std::string list_of(const std::vector<std::string>& names, std::string_view kind) {
  if (names.empty()) return "no plugin provides any " + std::string(kind);
  return did_you_mean("", names);
}

std::string hint_for_class(const std::string& name, std::string_view kind,
                           const Registry& registry) {
  if (kind == "activation" && registry.find("layer", name))
    return "'" + name + "' is a layer: write {type: " + name + "} behind this one";
  for (const std::string& other : known_kinds())
    if (registry.find(other, name))
      return "'" + name + "' is " + (has_article_an(other) ? "an " : "a ") + other;
  const std::vector<std::string> names = registry.names(kind);
  if (names.empty()) return list_of(names, kind);
  const Guess guess = guess_for(name, names);
  if (!guess.meant.empty() || guess.hint.starts_with("did you mean")) return guess.hint;
  for (const std::string& other : known_kinds())
    if (const Guess there = guess_for(name, registry.names(other)); !there.meant.empty())
      return "'" + there.meant + "' is " + (has_article_an(other) ? "an " : "a ") + other;
  return guess.hint;
}

/// Returns `'nesterov' is a setting of optimizer 'momentum': write type: momentum`; empty if no
/// class of this kind has such a setting.
std::string owners_of(const std::string& setting, std::string_view kind, const Registry& registry) {
  std::vector<std::string> owners;
  for (const std::string& name : registry.names(kind))
    if (has_setting(*registry.find(kind, name), setting)) owners.push_back(name);
  if (owners.empty()) return {};
  const std::string lead = "'" + setting + "' is a setting of " + std::string(kind) + " ";
  if (owners.size() == 1) return lead + "'" + owners[0] + "': write type: " + owners[0];
  for (std::string& owner : owners) owner = "'" + owner + "'";
  return lead + join(owners, ", ");
}

/// Returns `write test_images, test_labels`, if a class has settings that begin like one that it
/// has not; else an empty text.
std::string parts_of(const std::string& setting, const Class& plugin) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < plugin.table->n_settings; ++i)
    if (const std::string name = setting_of(plugin, i).name; name.starts_with(setting + "_"))
      parts.push_back(name);
  return parts.empty() ? "" : "write " + join(parts, ", ");
}

/// Throws if a setting could never be given because its key is the host's.
void refuse_reserved(const Class& plugin, const Place& place) {
  for (std::size_t i = 0; i < plugin.table->n_settings; ++i) {
    const nnrun_setting& setting = setting_of(plugin, i);
    if (is_reserved(plugin.kind, setting))
      throw PluginError(Problem{.what = plugin.label + " has a setting '" + setting.name +
                                        "', a name that nnrun takes for itself",
                                .place = place,
                                .hint = "the plugin's author must give it another name"});
  }
}

}  // namespace

std::vector<std::string> reserved_names(std::string_view kind) {
  std::vector<std::string> names{"type"};
  for (const Key* const key : keys_beside(kind)) names.emplace_back(key->name());
  return names;
}

bool is_reserved(std::string_view kind, const nnrun_setting& setting) {
  const bool own = kind == "layer" && setting.type == NNRUN_STRING &&
                   std::string_view(setting.name) == "activation";
  return !own && std::ranges::count(reserved_names(kind), setting.name) != 0;
}

Chosen::Chosen(std::string_view kind, const ConfigNode* node, std::string_view fallback,
               const Place& place, const Registry& registry, Problems& problems)
    : fields_(node && node->is(ConfigNode::Kind::map) ? node : nullptr, node ? node->place : place,
              owner_of(kind, node, fallback), "setting", problems),
      registry_(&registry),
      place_(node ? node->place : place) {
  const bool is_map = node && node->is(ConfigNode::Kind::map);
  const ConfigNode* name = is_map || !node ? fields_.take("type") : node;
  if (is_map && !type_by_formula(*node, kind).empty()) fallback = formula_word;
  ConfigNode other{
      .kind = ConfigNode::Kind::scalar, .text = std::string(fallback), .place = place_};
  if (!name && !fallback.empty()) name = &other;
  const ConfigNode* const type = is_map ? find(*node, "type") : nullptr;
  if (type && type->is(ConfigNode::Kind::broken)) return;
  if (!name) {
    const ConfigEntry* const meant = is_map ? misspelt_choice(*node, kind) : nullptr;
    problems.add(
        meant ? meant->place : fields_.place(), owner_of(kind, node, fallback) + " needs 'type'",
        meant ? hint_for(meant->key, choosing_words(kind)) : list_of(registry.names(kind), kind));
  } else if (!name->is(ConfigNode::Kind::scalar)) {
    const std::string what = "'" + std::string(is_map ? "type" : kind) + "' must be a name, not ";
    problems.add(name->place, what + described(*name),
                 "write NAME or {type: NAME, setting: value}");
  } else {
    if (name != &other) place_ = name->place;
    plugin_ = find_class(*name, kind, registry);
  }
}

const Class* Chosen::find_class(const ConfigNode& name, std::string_view kind,
                                const Registry& registry) const {
  if (const Class* const found = registry.find(kind, name.text)) return found;
  if (const Class* const found = registry.find_by_other_name(kind, name.text)) return found;
  std::string hint = fields_.problems().plenty() ? "" : hint_for_class(name.text, kind, registry);
  Problem problem = problem_at(name.place, "unknown " + std::string(kind) + " '" + name.text + "'",
                               std::move(hint), "no loaded plugin provides this");
  problem.cause = Cause::unknown_class;
  fields_.problems().add(std::move(problem));
  return nullptr;
}

bool has_setting(const Class& plugin, std::string_view name) {
  for (std::size_t i = 0; i < plugin.table->n_settings; ++i)
    if (setting_of(plugin, i).name == name) return true;
  return false;
}

std::optional<Value> Chosen::value_of(const nnrun_setting& setting, Fields* defaults,
                                      bool may_be_open) {
  Problems& problems = fields_.problems();
  const ConfigNode* const own = fields_.written(setting.name);
  // taken even if the layer overrides it, so that it does not count as unused
  const ConfigNode* const shared = defaults ? defaults->take(setting.name) : nullptr;
  if (own && own->is(ConfigNode::Kind::broken)) return std::nullopt;
  if (own && !own->is(ConfigNode::Kind::null)) return read_value(*own, setting, problems);
  if (shared) return read_value(*shared, setting, problems);
  if (!(setting.flags & NNRUN_REQUIRED)) return default_of(setting);
  if (may_be_open && !own) return std::int64_t{0};
  fields_.require(setting.name, std::string(setting.name) + ": " + setting.doc);
  return std::nullopt;
}

Use Chosen::use(Fields* defaults, std::optional<std::size_t> may_be_open) {
  if (!plugin_) return {};
  refuse_reserved(*plugin_, place_);
  Use out{.plugin = plugin_, .settings = {}, .place = place_};
  bool complete = true;
  for (std::size_t i = 0; i < plugin_->table->n_settings; ++i) {
    const nnrun_setting& setting = setting_of(*plugin_, i);
    const bool shared = !std::ranges::count(reserved_names(plugin_->kind), setting.name);
    auto value = value_of(setting, shared ? defaults : nullptr, may_be_open == i);
    if (value) out.settings.push_back(std::move(*value));
    complete = complete && value.has_value();
  }
  const nnrun_formula_text* const formula = complete ? formula_text_of(*plugin_) : nullptr;
  if (formula) complete = read_formula(out, *formula, fields_);
  fields_.refuse_rest([this](const std::string& setting) {
    const std::string parts = parts_of(setting, *plugin_);
    return parts.empty() ? owners_of(setting, plugin_->kind, *registry_) : parts;
  });
  return complete ? out : Use{};
}

Use read_use(std::string_view kind, const ConfigNode* node, std::string_view fallback,
             const Place& place, const Registry& registry, Problems& problems) {
  if (node && node->is(ConfigNode::Kind::broken)) return {};
  return Chosen(kind, node, fallback, place, registry, problems).use();
}

Use read_use(std::string_view kind, const std::shared_ptr<const Source>& text,
             const Registry& registry) {
  Problems problems;
  Budget budget;
  const ConfigNode node = parse_yaml(text, 0, budget, problems);
  const Use use = read_use(kind, &node, "", {text, 1, 1, 1}, registry, problems);
  problems.throw_if_any();
  return use;
}

}  // namespace nnrun::host
