// What a page may change of a config: a field for every key, and for every setting of the classes
// that the config names.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "config/experiment.hpp"
namespace nnrun::host {

/// Returns a list of fields: `path` as for --set, `value`, `doc`, `choices` if it is one of some
/// names, else `min` and `max` of a number; `numbers_of` where it is the numbers of a formula, the
/// path of that. No field names a file.
nlohmann::ordered_json settings_json(const Experiment& experiment, const Registry& registry);

/// Returns the layers as a config has them, to be sent back as `model.layers`.
nlohmann::ordered_json layer_list_json(const Experiment& experiment);

}  // namespace nnrun::host
