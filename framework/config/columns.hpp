// `data.columns` and `data.target_scale`: what a config says of the columns of a table.
#pragma once
#include <vector>

#include "config/experiment.hpp"
#include "config/keys.hpp"
#include "config/problems.hpp"
#include "config/tree.hpp"
namespace nnrun::host {

std::vector<ColumnRule> read_columns(const ConfigNode& node, Problems& problems);

/// Returns {age: {type: number, …}, …}, which reads back to the same.
ConfigNode node_of(const std::vector<ColumnRule>& columns);

/// Reads `target_scale: {price: log, area: standard}`. key: that of target_scale.
std::vector<TargetRule> read_target_scales(const ConfigNode& node, const Key& key,
                                           Problems& problems);
ConfigNode node_of(const std::vector<TargetRule>& targets);

/// Words of configs and of model files.
const char* word_of(ColumnType type);
const char* word_of(MissingRule missing);
const char* word_of(UnknownRule unknown);
const char* word_of(Scale scale);
const char* word_of(TargetScale scale);

/// Return what a word means; nothing for another word.
std::optional<MissingRule> missing_of(std::string_view word);
std::optional<UnknownRule> unknown_of(std::string_view word);
std::optional<TargetScale> target_scale_of(std::string_view word);

}  // namespace nnrun::host
