// Every key of a config, written once. The reader, the schema, the resolved config, the hints, the
// reserved names, the table of configs/README.md and the completion of --set all follow from it.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/experiment.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

struct Key {
  enum class Shape {
    value,   ///< read and written by `get` and `set`
    use,     ///< a class of `kind`, and the keys below it beside its settings
    map,     ///< of the keys below it
    special  ///< read, written and described by code of its own
  };
  /// `train.batch_size`; below `layers[]` is what each layer may have
  std::string_view path;
  Shape shape = Shape::special;
  /// In the form in which plugins describe theirs, except for the default: that is the initial
  /// value of the field.
  nnrun_setting setting{};
  std::string_view hint = {};      ///< what to write where it is missing or is not a map
  std::string_view kind = {};      ///< of the class, or of the classes in a list
  std::string_view fallback = {};  ///< the class if none is named; may be empty
  Value (*get)(const Experiment&) = nullptr;
  void (*set)(Experiment&, const Value&, const ConfigNode&) = nullptr;
  const Use& (*use)(const Experiment&) = nullptr;
  Use& (*use_to_set)(Experiment&) = nullptr;
  Use LayerSpec::*layer_use = nullptr;  ///< of a layer and of model.defaults

  std::string_view name() const { return setting.name; }
  /// Returns `train` of `train.batch_size`, `model.layers[]` of `model.layers[].name`.
  std::string_view parent() const;
  bool required() const { return (setting.flags & NNRUN_REQUIRED) != 0; }
};

/// Returns every key, in the order of a resolved config.
std::span<const Key> keys();
/// Returns the keys directly below a path; an empty path is the config itself.
std::vector<const Key*> keys_in(std::string_view path);
/// Returns the key at a path, which must exist.
const Key& key_at(std::string_view path);
/// Returns the keys that the host puts beside the settings of every class of a kind.
std::vector<const Key*> keys_beside(std::string_view kind);

/// Returns false for the 0 or the empty text of a field whose key was not given and has no default.
bool is_given(const Key& key, const Value& value);
/// Returns nothing for a key without a default. Only for Shape::value.
std::optional<Value> default_of(const Key& key);

}  // namespace nnrun::host
