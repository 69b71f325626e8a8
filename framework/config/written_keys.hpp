// Where each key of a config has its value: with `extends` and `--set`, each may be elsewhere.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
namespace nnrun::host {

struct ConfigNode;

class WrittenKeys {
 public:
  WrittenKeys() = default;
  explicit WrittenKeys(const ConfigNode& root);

  /// Returns nullptr if the key is not written.
  const Place* find(std::string_view path) const;
  /// Returns the place of a key's value, such as `train.optimizer.learning_rate` or
  /// `model.layers.dense_1.frozen`; of a key that is not written, that of the nearest one above it.
  /// A place without a source if there is none.
  Place place_of(std::string_view path) const;
  /// The same of a key of a layer: its own, or that of the defaults, or the layer's place.
  Place place_in_layer(const std::string& layer, const std::string& key) const;

 private:
  void add(const ConfigNode& node, const std::string& path);

  std::map<std::string, Place, std::less<>> places_;
};

}  // namespace nnrun::host
