// From files and command line to one tree: `extends`, then `--set`.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

struct Composed {
  ConfigNode root;  ///< a map, without `extends`
  std::vector<std::shared_ptr<const Source>> sources;
};

/// Maps merge; scalars, lists and null replace; another `type` drops the other settings of its map;
/// NAME and {type: NAME} are the same; a map at model.layers changes layers by name.
/// Throws ConfigError where a file cannot be read or parsed.
Composed compose(const std::filesystem::path& file, const std::vector<Override>& overrides,
                 Problems& problems);

/// Overrides alone: `--set a.b=1` is {a: {b: 1}}.
ConfigNode compose(const std::vector<Override>& overrides, Problems& problems);

/// The names of a list of layers, given or `dense_1`: type and count of that type.
/// Empty for what has neither name nor type.
std::vector<std::string> layer_names(const ConfigNode& layers);

}  // namespace nnrun::host
