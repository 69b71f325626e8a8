// From files and command line to one tree: `extends`, then `--set`.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "config/problems.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

struct Composed {
  ConfigNode root;  ///< a map, without `extends`
  std::vector<std::shared_ptr<const Source>> sources;
};

/// Returns a file merged over what it extends, and the overrides over that. Maps merge; scalars,
/// lists and null replace; another `type` drops the other settings of its map; NAME and {type:
/// NAME} are the same; a map at model.layers changes layers by name. Throws ConfigError if a file
/// cannot be read or parsed.
Composed compose(const std::filesystem::path& file, const std::vector<Override>& overrides,
                 Problems& problems);

/// The same of a text that came without a file. Throws ConfigError if it extends one.
Composed compose(const std::shared_ptr<const Source>& config,
                 const std::vector<Override>& overrides, Problems& problems);

/// Returns what PATH=VALUE adds to a config; nothing if the text is not written so.
std::optional<Override> override_in(const std::string& text);

/// Returns the tree of the overrides alone: {a: {b: 1}} for `--set a.b=1`.
ConfigNode compose(const std::vector<Override>& overrides, Problems& problems);

/// Returns a name for each layer of a list: the given one, or its type and the count of that type,
/// as `dense_1`; empty for an item with neither name nor type.
std::vector<std::string> layer_names(const ConfigNode& layers);

}  // namespace nnrun::host
