#include "config/compose.hpp"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "base/did_you_mean.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "config/formula_fields.hpp"
#include "config/keys.hpp"
#include "config/paths.hpp"
#include "config/recorded_files.hpp"
#include "config/source_text.hpp"
#include "config/yaml.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t deepest_extends = 16, most_files = 32;

// ---- merging ----

/// Returns NAME of NAME or {type: NAME}; empty for anything else.
std::string_view type_of(const ConfigNode& node) {
  const ConfigNode* const type = node.is(ConfigNode::Kind::map) ? find(node, "type") : &node;
  return type && type->is(ConfigNode::Kind::scalar) ? std::string_view(type->text)
                                                    : std::string_view();
}

/// Returns whether a word at this path may name a class, or a type, that a map adds settings to:
/// not if the key has a plain value, or if it is a setting of a class.
bool may_name_class(std::string_view path) {
  const auto key_of = [](std::string_view wanted) {
    const auto found = std::ranges::find(keys(), wanted, &Key::path);
    return found == keys().end() ? nullptr : &*found;
  };
  if (const Key* const own = key_of(path)) return own->shape != Key::Shape::value;
  const Key* const parent = key_of(path.substr(0, std::min(path.rfind('.'), path.size())));
  return parent == nullptr || parent->shape != Key::Shape::use;
}

void merge(ConfigNode& base, ConfigNode patch, const std::string& path, Problems& problems);

ConfigNode as_map(ConfigNode node) {
  return node.is(ConfigNode::Kind::scalar) ? map_of("type", std::move(node)) : node;
}

void merge_maps(ConfigNode& base, ConfigNode patch, const std::string& path, Problems& problems) {
  for (ConfigEntry& entry : patch.entries) {
    if (ConfigEntry* const known = find_entry(base, entry.key)) {
      if (!entry.value.is(ConfigNode::Kind::map)) known->place = entry.place;
      merge(known->value, std::move(entry.value), path.empty() ? entry.key : path + "." + entry.key,
            problems);
    } else if (base.entries.size() < largest_map) {
      base.entries.push_back(std::move(entry));
    } else {
      refuse(entry.place, "a map has more than 1000 keys");
    }
  }
}

/// A layer of another type loses its settings, but keeps its place in the graph.
void merge_layer(ConfigNode& layer, ConfigNode patch, Problems& problems) {
  const std::string_view type = type_of(patch);
  if (type.empty() || type == type_of(layer)) {
    merge(layer, std::move(patch), "model.layers.*", problems);
    return;
  }
  patch = as_map(std::move(patch));
  for (const char* kept : {"name", "inputs"})
    if (ConfigEntry* const entry = find_entry(layer, kept); entry && !find(patch, kept))
      patch.entries.push_back(std::move(*entry));
  layer = std::move(patch);
}

/// Writes the counted names down: other layers and configs refer to `dense_2` even when `dense_1`
/// is gone.
void fix_names(ConfigNode& layers, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    ConfigNode& layer = layers.items[i] = as_map(std::move(layers.items[i]));
    if (!layer.is(ConfigNode::Kind::map) || find(layer, "name") || names[i].empty()) continue;
    ConfigNode name{
        .kind = ConfigNode::Kind::scalar, .text = names[i], .entries = {}, .place = layer.place};
    layer.entries.push_back({"name", layer.place, std::move(name)});
  }
}

void merge_layers(ConfigNode& layers, ConfigNode patch, Problems& problems) {
  const std::vector<std::string> names = layer_names(layers);
  fix_names(layers, names);
  std::vector<bool> removed(names.size());
  for (ConfigEntry& entry : patch.entries) {
    const auto found = std::ranges::find(names, entry.key);
    if (found == names.end()) {
      problems.add(entry.place, "there is no layer '" + entry.key + "' to change",
                   names.size() <= 12  ? "one of: " + join(names, ", ")
                   : problems.plenty() ? ""
                                       : did_you_mean(entry.key, names));
      continue;
    }
    const auto i = static_cast<std::size_t>(found - names.begin());
    removed[i] = entry.value.is(ConfigNode::Kind::null);
    if (entry.value.is_forgotten())
      problems.add(entry.place, "'" + entry.key + "' has no value",
                   "write {setting: value}, or null to remove this layer");
    if (!removed[i]) merge_layer(layers.items[i], std::move(entry.value), problems);
  }
  std::size_t i = 0;
  std::erase_if(layers.items, [&](const ConfigNode&) { return removed[i++]; });
}

void merge(ConfigNode& base, ConfigNode patch, const std::string& path, Problems& problems) {
  const bool patch_is_map = patch.is(ConfigNode::Kind::map);
  if (path == "model.layers" && base.is(ConfigNode::Kind::list) && patch_is_map)
    return merge_layers(base, std::move(patch), problems);
  if (base.is(ConfigNode::Kind::map) && patch.is(ConfigNode::Kind::scalar) && !patch.text.empty() &&
      type_of(base) == patch.text)
    return;
  if (path == "model.weights" && patch_is_map && base.is(ConfigNode::Kind::scalar))
    base = map_of("file", std::move(base));
  if (patch_is_map && may_name_class(path) && !find(patch, "type")) base = as_map(std::move(base));
  if (!base.is(ConfigNode::Kind::map) || !patch_is_map) {
    base = std::move(patch);
    return;
  }
  const std::string_view kind = std::string_view(path).substr(path.rfind('.') + 1);
  const std::string_view implied = type_by_formula(base, kind);
  const std::string_view before = implied.empty() ? type_of(base) : implied, after = type_of(patch);
  const bool another = !before.empty() && !after.empty() && before != after;
  if (another || !type_by_formula(patch, kind).empty())  // another formula has its own numbers
    base = std::move(patch);                             // none of the parent's settings apply
  else
    merge_maps(base, std::move(patch), path, problems);
}

// ---- files ----

/// Returns a hint if a file in the same folder has nearly this name.
std::string hint_for_missing(const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error)) return {};
  const fs::path folder = file.parent_path();
  std::vector<std::string> neighbours;
  fs::directory_iterator entry(folder.empty() ? fs::path(".") : folder, error);
  for (; !error && entry != fs::directory_iterator() && neighbours.size() < 1000;
       entry.increment(error))
    neighbours.push_back(entry->path().filename().string());
  std::ranges::sort(neighbours);
  const auto near = nearest(file.filename().string(), neighbours);
  return near ? "did you mean '" + (folder / *near).string() + "'?" : std::string();
}

void replace_text(ConfigNode& node, const std::string& from, const std::string& to) {
  if (node.is(ConfigNode::Kind::scalar) && node.text == from) node.text = to;
  for (ConfigNode& item : node.items) replace_text(item, from, to);
  for (ConfigEntry& entry : node.entries) replace_text(entry.value, from, to);
}

/// Lets the config of a run name its files where they are now: from the run's folder they are where
/// they were, even if the whole project was moved.
void find_moved_files(ConfigNode& root, const fs::path& config) {
  std::error_code ignored;
  for (const RecordedFile& file : recorded_files(config))
    if (file.beside != file.path && fs::exists(file.beside, ignored))
      replace_text(root, unexpanded(file.path), unexpanded(file.beside));
}

class FileReader {
 public:
  explicit FileReader(Problems& problems) : problems_(problems) {}

  /// Returns a file merged over everything that it extends. asked: the place that names it.
  ConfigNode read(const fs::path& file, const Place& asked) {
    const Opened opened(*this, file, asked);
    ConfigNode own = parse(file, asked);
    if (own.is(ConfigNode::Kind::null)) own.kind = ConfigNode::Kind::map;
    ConfigNode whole{.kind = ConfigNode::Kind::map, .entries = {}, .place = own.place};
    if (const ConfigEntry* const extends = find_entry(own, "extends")) {
      for (const ConfigNode* parent : parents(extends->value)) {
        const auto text = expanded(*parent, problems_);
        if (!text) problems_.throw_if_any();
        merge(whole, read(beside(file, text.value()), parent->place), "", problems_);
      }
      std::erase_if(own.entries, [](const ConfigEntry& entry) { return entry.key == "extends"; });
    }
    whole.place = own.place;
    merge(whole, std::move(own), "", problems_);
    return whole;
  }

  /// Returns the tree of a text that extends nothing.
  ConfigNode read(const std::shared_ptr<const Source>& source) {
    sources_.push_back(source);
    if (source->text.size() > largest_config)
      refuse({source, 1, 1, 1}, "the config in a model is larger than 256 KiB");
    ConfigNode own = parse(source);
    if (const ConfigEntry* const extends = find_entry(own, "extends"))
      refuse(extends->place, "'extends' is for files, not for the config in a model");
    ConfigNode whole{.kind = ConfigNode::Kind::map, .entries = {}, .place = own.place};
    merge(whole, std::move(own), "", problems_);
    return whole;
  }

  ConfigNode read(const Override& set) {
    const auto source = std::make_shared<const Source>(
        Source{std::string(command_line), set.path + "=" + set.value});
    if (source->text.find('\n') != std::string::npos)
      refuse({source, 1, 1, 1}, "a value of --set is one line");
    return nested(source, parse_yaml(source, set.path.size() + 1, budget_, problems_), set.path);
  }

  std::vector<std::shared_ptr<const Source>> take_sources() { return std::move(sources_); }

 private:
  /// A file that is being read. It counts as open until everything that it extends has been read.
  struct Opened {
    Opened(FileReader& owner, const fs::path& file, const Place& asked) : reader(owner) {
      std::error_code error;
      fs::path real = fs::canonical(file, error);
      auto& open = reader.open_;
      if (!error && std::ranges::count(open, real, &std::pair<fs::path, std::string>::first)) {
        std::string way;
        for (const auto& [path, name] : open)
          if (!way.empty() || path == real) way += name + " -> ";
        throw ConfigError(
            problem_at(asked, "these configs extend each other: " + way + file.string()));
      }
      if (open.size() == deepest_extends)
        refuse(asked, "configs extend each other more than 16 deep");
      if (reader.files_ == most_files) refuse(asked, "a config of more than 32 files");
      ++reader.files_;
      open.emplace_back(error ? file : std::move(real), file.string());
    }
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;
    ~Opened() { reader.open_.pop_back(); }
    FileReader& reader;
  };

  ConfigNode parse(const fs::path& file, const Place& asked) {
    const std::string name = file.string();
    auto known = std::ranges::find(sources_, name, [](const auto& source) { return source->name; });
    if (known == sources_.end()) {
      sources_.push_back(std::make_shared<const Source>(Source{name, text_of(file, asked)}));
      known = sources_.end() - 1;
    }
    ConfigNode root = parse(*known);
    find_moved_files(root, file);
    return root;
  }

  /// Returns the map that a source holds.
  ConfigNode parse(const std::shared_ptr<const Source>& source) {
    ConfigNode root = parse_yaml(source, 0, budget_, problems_);
    if (root.is(ConfigNode::Kind::null) && !root.place.source)
      throw ConfigError(Problem{.what = "the config is empty",
                                .place = {},
                                .where = source->name,
                                .label = {},
                                .hint = "start with 'name: my_network'"});
    if (!root.is(ConfigNode::Kind::map) && !root.is(ConfigNode::Kind::broken))
      refuse(root.place, "a config is a map of keys, not " + described(root),
             "start with 'name: my_network'");
    return root;
  }

  std::string text_of(const fs::path& file, const Place& asked) {
    if (starts_as_safetensors(file))
      refuse(asked, "is a trained model, not a config",
             "nnrun predict, eval, export and summary take it");
    try {
      return normalised(read_file(file, largest_config));
    } catch (const RecordError& error) {
      refuse(asked, error.problems().front().what, hint_for_missing(file));
    }
  }

  std::vector<const ConfigNode*> parents(const ConfigNode& extends) {
    std::vector<const ConfigNode*> out;
    if (extends.is(ConfigNode::Kind::scalar)) out.push_back(&extends);
    for (const ConfigNode& item : extends.items) out.push_back(&item);
    const bool good = std::ranges::all_of(out, [](const ConfigNode* node) {
      return node->is(ConfigNode::Kind::scalar) && !node->text.empty();
    });
    const bool nothing = extends.is(ConfigNode::Kind::null) || extends.is(ConfigNode::Kind::broken);
    if (good && !extends.is(ConfigNode::Kind::map)) return out;
    if (!nothing)
      refuse(extends.place, "'extends' must be a path or a list of paths",
             "write extends: other.yaml");
    return {};
  }

  static fs::path beside(const fs::path& file, const std::string& text) {
    return (file.parent_path() / text).lexically_normal();
  }

  /// Returns {a: {b: v}} for `a.b=v`.
  ConfigNode nested(const std::shared_ptr<const Source>& source, ConfigNode value,
                    std::string_view path) {
    if (value.is_forgotten()) value.place = {source, 1, 1, path.size()};
    for (std::size_t end = path.size();;) {
      const std::size_t dot = path.substr(0, end).rfind('.');
      const std::size_t begin = dot == path.npos ? 0 : dot + 1;
      const Place place{source, 1, begin + 1, std::max<std::size_t>(end - begin, 1)};
      if (begin == end)
        refuse(place, "a name is missing in the path '" + std::string(path) + "'",
               "write --set train.batch_size=64");
      ConfigNode map{.kind = ConfigNode::Kind::map, .entries = {}, .place = place};
      map.entries.push_back(
          {std::string(path.substr(begin, end - begin)), place, std::move(value)});
      value = std::move(map);
      if (begin == 0) return value;
      end = dot;
    }
  }

  Problems& problems_;
  Budget budget_;
  std::vector<std::shared_ptr<const Source>> sources_;
  std::vector<std::pair<fs::path, std::string>> open_;  // real path, path as written
  std::size_t files_ = 0;
};

Composed with_overrides(ConfigNode root, const std::vector<Override>& overrides, FileReader& reader,
                        Problems& problems) {
  for (const Override& set : overrides) {
    ConfigNode patch = reader.read(set);
    if (const ConfigEntry* const extends = find_entry(patch, "extends"))
      refuse(extends->place, "'extends' is for files, not for --set",
             "write a config that extends both");
    merge(root, std::move(patch), "", problems);
  }
  return {std::move(root), reader.take_sources()};
}

}  // namespace

std::vector<std::string> layer_names(const ConfigNode& layers) {
  std::vector<std::string> names;
  std::map<std::string, std::size_t, std::less<>> counts;
  for (const ConfigNode& layer : layers.items) {
    const std::string type(type_of(layer));
    const std::size_t count = type.empty() ? 0 : ++counts[type];
    const ConfigNode* const name = find(layer, "name");
    if (name && name->is(ConfigNode::Kind::scalar))
      names.push_back(name->text);
    else
      names.push_back(type.empty() ? std::string() : type + "_" + std::to_string(count));
  }
  return names;
}

ConfigNode compose(const std::vector<Override>& overrides, Problems& problems) {
  FileReader reader(problems);
  ConfigNode root{.kind = ConfigNode::Kind::map, .entries = {}};
  for (const Override& set : overrides) merge(root, reader.read(set), "", problems);
  return root;
}

Composed compose(const fs::path& file, const std::vector<Override>& overrides, Problems& problems) {
  FileReader reader(problems);
  ConfigNode root = reader.read(file, {});
  return with_overrides(std::move(root), overrides, reader, problems);
}

Composed compose(const std::shared_ptr<const Source>& config,
                 const std::vector<Override>& overrides, Problems& problems) {
  FileReader reader(problems);
  ConfigNode root = reader.read(config);
  return with_overrides(std::move(root), overrides, reader, problems);
}

std::optional<Override> override_in(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  std::string value = text.substr(equals + 1);
  // a mark that separates fields or fractions, or starts a comment: YAML has other uses for it
  const bool is_mark =
      value.size() == 1 && std::string_view(",;|:'%").find(value[0]) != std::string_view::npos;
  if (is_mark || (value.starts_with('#') && value.find_first_of("\"\\") == value.npos))
    value = '"' + value + '"';
  return Override{text.substr(0, equals), value};
}

}  // namespace nnrun::host
